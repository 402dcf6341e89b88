package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/**
 * RDMA Writes. By TCP a Write is done when the stream has its bytes; that they are placed is shown by a Read of a byte
 * on each queue pair, which is answered behind them.
 */
final class WriteFlow implements Flow {
    private final Side side;

    WriteFlow(final Side side) {
        this.side = side;
    }

    @Override
    public void post(final int i, final int bytes, final boolean signalled) {
        side.write(i, bytes, signalled);
    }

    @Override
    public long conclude(final Idle idle, final long iterations) {
        for (int i = 0; i < side.count(); i++) {
            side.read(i, 1, true);
        }
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
