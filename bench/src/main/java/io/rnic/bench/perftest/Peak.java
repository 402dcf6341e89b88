package io.rnic.bench.perftest;

/**
 * The best rate of a stretch of requests, from the posting of its first to the completion of its last, over all
 * stretches. Looks at some thousand points at most, however many requests there are.
 */
final class Peak {
    private static final int POINTS = 2000;
    private static final double NS_PER_SECOND = 1e9;
    private static final Peak NONE = new Peak(0, 1);

    private final long[] postedNs;
    private final long[] doneNs;
    private final long stride;
    private int posted;
    private int done;

    private Peak(final int points, final long stride) {
        postedNs = new long[points];
        doneNs = new long[points];
        this.stride = stride;
    }

    /** Of so many requests. */
    static Peak of(final long requests) {
        final long stride = (requests + POINTS - 1) / POINTS;
        return new Peak((int) (requests / stride), stride);
    }

    /** Not looked for. */
    static Peak none() {
        return NONE;
    }

    /** The request behind {@code before} others is about to be posted. */
    void posting(final long before) {
        if (posted < postedNs.length && before >= posted * stride) {
            postedNs[posted++] = System.nanoTime();
        }
    }

    /** So many are done by now. */
    void done(final long requests) {
        if (done < doneNs.length && requests >= (done + 1) * stride) {
            done(requests, System.nanoTime());
        }
    }

    /** So many are done at that time. */
    void done(final long requests, final long nowNs) {
        while (done < doneNs.length && requests >= (done + 1) * stride) {
            doneNs[done++] = nowNs;
        }
    }

    /** Requests per second at the best; 0 if it was not looked for. */
    double perSecond() {
        double best = 0;
        for (int from = 0; from < done; from++) {
            for (int to = from; to < done; to++) {
                best = Math.max(best, (double) (to - from + 1) / Math.max(1, doneNs[to] - postedNs[from]));
            }
        }
        return best * stride * NS_PER_SECOND;
    }
}
