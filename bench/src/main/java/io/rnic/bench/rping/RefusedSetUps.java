package io.rnic.bench.rping;

import io.rnic.verbs.Rnic;

/** Tells of connections that came and asked for none: the listener is not told of them, but they are counted. */
final class RefusedSetUps {
    private final Rnic nic;
    private final RpingOptions options;
    private long told;

    RefusedSetUps(final Rnic nic, final RpingOptions options) {
        this.nic = nic;
        this.options = options;
        told = count();
    }

    private long count() {
        return nic.counters().getOrDefault("device.refusedSetUps", 0L);
    }

    /** Says a line if there are more than it has told. */
    void tell() {
        final long now = count();
        if (now > told) {
            options.say("server: dropped without a request: " + (now - told)
                + "; what came was no MPA set-up frame of revision 1 or 2, or came too late, or nothing came");
            told = now;
        }
    }
}
