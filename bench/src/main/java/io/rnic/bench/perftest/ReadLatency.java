package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** One Read at a time; the latency is the whole round trip, as perftest has it. The server only waits. */
final class ReadLatency implements Measurement {
    private final Side side;

    ReadLatency(final Side side) {
        this.side = side;
    }

    @Override
    public Row run(final int bytes, final Span span) {
        final Times times = new Times(1);
        final Idle idle = side.idle();
        final long startNs = System.nanoTime();
        long done = 0;
        while (span.isOpen(done, startNs)) {
            final long beganNs = System.nanoTime();
            side.read(0, bytes, true);
            side.awaitSends(idle);
            times.record(System.nanoTime() - beganNs);
            done++;
        }
        final long elapsedNs = System.nanoTime() - startNs;
        Ends.tell(side.control(), done);
        return times.row(bytes, elapsedNs);
    }

    @Override
    public @Nullable Row serve(final int bytes) {
        Ends.awaitPassively(side.control());
        return null;
    }
}
