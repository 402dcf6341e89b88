package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** A message there and one back, one at a time; half of a round trip is the latency. Both sides measure. */
final class PingPong implements Measurement {
    private static final int TRIPS = 2;

    private final Side side;
    private final Turn turn;

    PingPong(final Side side, final Turn turn) {
        this.side = side;
        this.turn = turn;
    }

    @Override
    public void prepare(final int bytes) {
        turn.prepare(bytes);
    }

    @Override
    public Row run(final int bytes, final Span span) {
        final Times times = new Times(TRIPS);
        final Idle idle = side.idle();
        final long startNs = System.nanoTime();
        long done = 0;
        while (span.isOpen(done, startNs)) {
            final long beganNs = System.nanoTime();
            turn.give(bytes);
            idle.begin();
            while (!turn.came()) {
                idle.pauseAlone("the answer");
            }
            times.record(System.nanoTime() - beganNs);
            done++;
        }
        final long elapsedNs = System.nanoTime() - startNs;
        side.awaitSends(idle);
        Ends.tell(side.control(), done);
        return times.row(bytes, elapsedNs);
    }

    @Override
    public @Nullable Row serve(final int bytes) {
        final Times times = new Times(TRIPS);
        final Idle idle = side.idle();
        long done = 0;
        long startNs = 0;
        long gaveNs = 0;
        while (awaitTurn(idle)) {
            final long nowNs = System.nanoTime();
            if (done == 0) {
                startNs = nowNs;
            } else {
                times.record(nowNs - gaveNs);
            }
            gaveNs = nowNs;
            turn.give(bytes);
            done++;
        }
        side.awaitSends(idle);
        Ends.agree(side.control(), done);
        return done < 2 ? null : times.row(bytes, gaveNs - startNs);
    }

    /** False when the client has told that it is over, or is gone. */
    private boolean awaitTurn(final Idle idle) {
        idle.begin();
        while (!turn.came()) {
            if (idle.pause("the next message")) {
                return false;
            }
        }
        return true;
    }
}
