package io.rnic.bench.peers;

import io.rnic.bench.limits.CacheLine;

/** The limit: cache lines, and nothing else is moved. */
final class CacheLineRoundTrip implements PeerTest {
    private final Duet duet;
    private final CacheLine line;

    /** Sets it up with one line for both ways, or one for each. */
    CacheLineRoundTrip(final Duet duet, final boolean twoLines) {
        this.duet = duet;
        line = duet.cacheLine(twoLines);
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(line::answer, this::ask, durationNs, slice);
    }

    private void ask(final long durationNs, final Slice slice) {
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            line.ask();
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, CacheLine.BATCH);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
