package io.rnic.bench.regcache.sim;

/** Registers for each request, and deregisters when it is done. */
final class PerRequestSimulation implements Simulation {
    private final Unit unit;
    private final long limit;
    private final Tally tally = new Tally();

    PerRequestSimulation(final Unit unit, final long limit) {
        this.unit = unit;
        this.limit = limit;
    }

    @Override
    public void request(final long offset, final long length) {
        final long count = (offset + length - 1) / unit.bytes() + 1 - offset / unit.bytes();
        if (unit == Unit.REGION) {
            if (count > limit) {
                throw new LimitException(limit * unit.bytes(), count * unit.bytes());
            }
            one(count);
        } else {
            for (long i = 0; i < count; i++) {
                one(1);
            }
        }
    }

    private void one(final long pages) {
        tally.request();
        tally.registered(pages);
        tally.locked(pages);
        tally.deregistered(pages);
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
