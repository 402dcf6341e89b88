package io.rnic.behaviour;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A way to the NIC: a front end and a threading mode. */
record Door(String frontEnd, String threading) {
    private static final AtomicInteger DEVICES = new AtomicInteger();

    static Stream<Door> doors() {
        return Stream.of("user", "kernel")
            .flatMap(frontEnd -> Stream.of("invoker", "dedicated").map(threading -> new Door(frontEnd, threading)));
    }

    /** Options for a device that no other test has; memory is counted, so that no limit of the machine matters. */
    RnicOptions options() {
        return RnicOptions.defaults().withFrontEnd(frontEnd).with("threading", threading).with("pinning", "accounted")
            .with("device", "test-" + DEVICES.incrementAndGet());
    }

    Rnic open() {
        return Rnic.open(options());
    }

    boolean isKernel() {
        return frontEnd.equals("kernel");
    }

    @Override
    public String toString() {
        return frontEnd + ", " + threading;
    }
}
