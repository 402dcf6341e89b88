package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** RDMA Reads, which are done when their bytes are here. */
final class ReadFlow implements Flow {
    private final Side side;

    ReadFlow(final Side side) {
        this.side = side;
    }

    @Override
    public void post(final int i, final int bytes, final boolean signalled) {
        side.read(i, bytes, signalled);
    }

    @Override
    public long conclude(final Idle idle, final long iterations) {
        side.awaitSends(idle);
        final long nowNs = System.nanoTime();
        Ends.tell(side.control(), iterations);
        return nowNs;
    }

    @Override
    public @Nullable Row serve(final int bytes) {
        Ends.awaitPassively(side.control());
        return null;
    }
}
