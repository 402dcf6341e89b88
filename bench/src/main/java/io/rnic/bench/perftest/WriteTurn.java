package io.rnic.bench.perftest;

/** RDMA Writes, seen by the last byte, which counts. */
final class WriteTurn implements Turn {
    private final Side side;
    private final Idle idle;
    private int last;
    private byte given;
    private byte expected;

    WriteTurn(final Side side) {
        this.side = side;
        idle = side.idle();
    }

    @Override
    public void prepare(final int bytes) {
        last = bytes - 1;
        given = 0;
        expected = 1;
        side.exposedByte(last, (byte) 0);
    }

    @Override
    public void give(final int bytes) {
        side.awaitSends(idle);
        given++;
        side.sourceByte(last, given);
        side.write(0, bytes, true);
    }

    @Override
    public boolean came() {
        if (side.exposedByte(last) != expected) {
            side.pollReceives(); // in vain: but who polls reads the socket
            return false;
        }
        expected++;
        return true;
    }
}
