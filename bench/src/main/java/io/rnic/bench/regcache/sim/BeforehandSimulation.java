package io.rnic.bench.regcache.sim;

/**
 * All pages that the trace touches are registered before it starts, as one region; so every request hits, and they are
 * locked all the time, whatever the limit.
 */
final class BeforehandSimulation implements Simulation {
    private final int unitBytes;
    private final boolean one;
    private final PageSet touched = new PageSet();
    private final Tally tally = new Tally();

    BeforehandSimulation(final Unit unit) {
        unitBytes = unit.bytes();
        one = unit == Unit.REGION;
    }

    @Override
    public void request(final long offset, final long length) {
        final long first = offset / unitBytes;
        final long end = (offset + length - 1) / unitBytes + 1;
        touched.add(first, end);
        for (long i = first; i < (one ? first + 1 : end); i++) {
            tally.request();
            tally.hit();
        }
    }

    @Override
    public Tally tally() {
        final Tally all = new Tally();
        all.add(tally);
        all.registered(touched.size());
        all.locked(touched.size());
        return all;
    }
}
