package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/**
 * Sends. The server has receives posted ahead, and writes into the client's memory how many it posted so far: a Send
 * without a receive would end the connection. The end is the server's word that it has all.
 */
final class SendFlow implements Flow {
    /** A credit goes out when so many parts of the receives posted ahead were posted anew. */
    private static final int PARTS = 4;

    private final Side side;
    private final Tracker receives;
    private final long[] granted;
    private long startNs;

    SendFlow(final Side side) {
        this.side = side;
        receives = side.receives();
        granted = new long[side.count()];
    }

    /** From here on messages may come. The time is not from the first one: all can be there when this side looks. */
    @Override
    public void prepare() {
        startNs = System.nanoTime();
    }

    @Override
    public boolean isOpen(final int i) {
        return side.sends().posted(i) < side.credit(i);
    }

    @Override
    public void post(final int i, final int bytes, final boolean signalled) {
        side.send(i, bytes, signalled);
    }

    @Override
    public long conclude(final Idle idle, final long iterations) {
        side.control().tell(Control.What.END, iterations);
        side.awaitSends(idle);
        Ends.confirm(side.control(), iterations);
        return System.nanoTime();
    }

    @Override
    public @Nullable Row serve(final int bytes) {
        final Idle idle = side.idle();
        final long before = receives.done();
        long endNs = startNs;
        refill(idle);
        idle.begin();
        boolean more = true;
        while (more) {
            if (side.pollReceives() == 0) {
                more = !idle.pause("messages");
                continue;
            }
            endNs = System.nanoTime();
            refill(idle);
            idle.begin();
        }
        final long iterations = side.control().expect(Control.What.END);
        while (receives.done() - before < iterations) {
            if (side.pollReceives() == 0) {
                idle.pauseAlone("the last messages");
            } else {
                endNs = System.nanoTime();
                refill(idle);
                idle.begin();
            }
        }
        side.awaitSends(idle);
        final long came = receives.done() - before;
        side.control().tell(Control.What.DONE, came);
        return came == 0 ? null : new Row.Bandwidth(bytes, came, 0, Math.max(1, endNs - startNs));
    }

    /** Posts receives anew, and tells so when they are enough. */
    private void refill(final Idle idle) {
        final int ahead = side.receivesAhead();
        for (int i = 0; i < side.count(); i++) {
            while (receives.outstanding(i) < ahead) {
                side.postReceive(i);
            }
            if (receives.posted(i) - granted[i] >= Math.max(1, ahead / PARTS)) {
                if (!side.hasRoom(i)) {
                    side.awaitSends(idle);
                }
                side.grant(i);
                granted[i] = receives.posted(i);
            }
        }
        side.pollSends();
    }
}
