package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/**
 * Requests in one direction, as many outstanding as the plan says, round the queue pairs in turn. The time ends when
 * all bytes are known to be where they belong.
 */
final class Stream implements Measurement {
    private final Side side;
    private final Flow flow;
    private final Plan plan;
    private final int signalEvery;
    private final Idle idle;
    private final Tracker sends;
    /** What was posted to each queue pair, and in all, before this measurement. */
    private final long[] postedBefore;
    private long allPostedBefore;
    private Peak peak = Peak.none();

    Stream(final Side side, final Flow flow, final Plan plan) {
        this.side = side;
        this.flow = flow;
        this.plan = plan;
        signalEvery = plan.signalEvery(side.parameters());
        idle = side.idle();
        sends = side.sends();
        postedBefore = new long[side.count()];
    }

    @Override
    public void prepare(final int bytes) {
        flow.prepare();
    }

    @Override
    public Row run(final int bytes, final Span span) {
        final boolean looks = plan.peak() && !span.isTimed() && span.iterations() <= Plan.PEAK_ITERATIONS;
        peak = looks ? Peak.of(span.iterations() * side.count()) : Peak.none();
        allPostedBefore = sends.posted();
        for (int i = 0; i < side.count(); i++) {
            postedBefore[i] = sends.posted(i);
        }
        final long startNs = System.nanoTime();
        postAll(bytes, span, startNs);
        final long iterations = sends.posted() - allPostedBefore;
        final long endNs = flow.conclude(idle, iterations);
        peak.done(iterations, endNs);
        return new Row.Bandwidth(bytes, iterations, peak.perSecond() * bytes, Math.max(1, endNs - startNs));
    }

    private void postAll(final int bytes, final Span span, final long startNs) {
        final long doneBefore = sends.done();
        idle.begin();
        while (span.isTimed() ? span.isOpen(1, startNs) : sends.posted() - allPostedBefore
            < span.iterations() * side.count()) {
            boolean moved = false;
            for (int i = 0; i < side.count(); i++) {
                moved |= fill(i, bytes, span.iterations());
            }
            moved |= side.pollSends() > 0;
            peak.done(sends.done() - doneBefore);
            if (moved) {
                idle.begin();
            } else {
                idle.pauseAlone("room for a request");
            }
        }
        if (span.isTimed()) {
            signalTheLast(bytes);
        }
    }

    /** Posts to a queue pair while there is room; returns whether anything was. */
    private boolean fill(final int i, final int bytes, final long limit) {
        final long before = sends.posted(i);
        while (sends.posted(i) - postedBefore[i] < limit && side.hasRoom(i) && flow.isOpen(i)) {
            final long next = sends.posted(i) + 1;
            post(i, bytes, next % signalEvery == 0 || next - postedBefore[i] == limit);
        }
        return sends.posted(i) != before;
    }

    private void post(final int i, final int bytes, final boolean signalled) {
        peak.posting(sends.posted() - allPostedBefore);
        flow.post(i, bytes, signalled);
    }

    /** When the time is up: a queue pair whose last request would not tell that it is done gets one that does. */
    private void signalTheLast(final int bytes) {
        for (int i = 0; i < side.count(); i++) {
            if (sends.posted(i) != postedBefore[i] && sends.posted(i) % signalEvery == 0) {
                continue;
            }
            idle.begin();
            while (!side.hasRoom(i) || !flow.isOpen(i)) {
                if (side.pollSends() == 0) {
                    idle.pauseAlone("room for a request");
                }
            }
            post(i, bytes, true);
        }
    }

    @Override
    public @Nullable Row serve(final int bytes) {
        return flow.serve(bytes);
    }
}
