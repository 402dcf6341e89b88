package io.rnic.bench.perftest;

/** Sends, seen by the completions of receives. */
final class SendTurn implements Turn {
    /** Posted ahead, so that one is there while the last one taken is posted again. */
    private static final int RECEIVES = 8;

    private final Side side;
    private final Idle idle;
    private long taken;

    SendTurn(final Side side) {
        this.side = side;
        idle = side.idle();
    }

    @Override
    public void prepare(final int bytes) {
        while (side.receives().outstanding(0) < RECEIVES) {
            side.postReceive(0);
        }
    }

    @Override
    public void give(final int bytes) {
        side.awaitSends(idle);
        side.send(0, bytes, true);
        prepare(bytes);
    }

    @Override
    public boolean came() {
        if (side.receives().done() == taken && side.pollReceives() == 0) {
            return false;
        }
        taken++;
        return true;
    }
}
