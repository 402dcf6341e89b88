package io.rnic.kernel;

import io.rnic.kernel.broker.Broker;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.spi.RnicProvider;

/** Finds the kernel front end. */
public final class KernelProvider implements RnicProvider {
    /** Called by the service loader. */
    public KernelProvider() {
    }

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public Rnic open(final RnicOptions options) {
        return new KernelRnic(Broker.open(options));
    }
}
