package io.rnic.verbs.spi;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;

/** A front end, found by {@link java.util.ServiceLoader}. */
public interface RnicProvider {
    /** The name by which applications pick it. */
    String name();

    /**
     * Opens the device through this front end.
     *
     * @throws io.rnic.verbs.RnicException INVALID_ARGUMENT for an unknown setting or a value that is not allowed
     */
    Rnic open(RnicOptions options);
}
