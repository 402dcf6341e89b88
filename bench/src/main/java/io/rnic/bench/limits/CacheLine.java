package io.rnic.bench.limits;

import io.rnic.bench.run.OwnLine;
import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Spin;

/**
 * A cache line goes to another thread and one comes back, and nothing else is moved.
 *
 * <pre>
 *   one line     ask:  n to n+1  (odd)   ---&gt;   answer: n+1 to n+2 (even)        the limit of round trips
 *   two lines    there: n+1              ---&gt;   back: n+2                        the least that two queues need
 * </pre>
 *
 * <p>With one core it is not the line that takes the time but the two context switches.
 */
public final class CacheLine {
    /** Round trips that {@link #ask} does. */
    public static final int BATCH = Runtime.getRuntime().availableProcessors() == 1 ? 1 : 64;

    private final Spin ourSpin;
    private final Spin theirSpin;
    private final OwnLine there = new OwnLine();
    private final OwnLine back;

    /** One line for both ways, or one for each, between the thread that calls and its partner. */
    public CacheLine(final Partner partner, final boolean twoLines) {
        ourSpin = partner.spin();
        theirSpin = partner.spin();
        back = twoLines ? new OwnLine() : there;
    }

    /** Does a batch of round trips, while the partner answers. */
    public void ask() {
        long turn = back.getAcquire();
        for (int i = 0; i < BATCH; i++) {
            there.setRelease(turn + 1);
            turn += 2;
            int looks = 0;
            while (back.getAcquire() != turn) {
                looks = ourSpin.pause(looks, "the cache line to come back");
            }
        }
    }

    /** The partner's work: answers until it is to stop. */
    public void answer() {
        // Even: our last answer; the question to come is the next number, and on one line it may be there already.
        long turn = back.getAcquire() | 1;
        while (true) {
            int looks = 0;
            while (there.getAcquire() != turn) {
                looks = theirSpin.pause(looks, "the cache line to come");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            back.setRelease(turn + 1);
            turn += 2;
        }
    }
}
