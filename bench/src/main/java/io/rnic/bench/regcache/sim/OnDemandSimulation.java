package io.rnic.bench.regcache.sim;

import io.rnic.registration.LongIntMap;
import io.rnic.registration.Policy;
import java.util.Arrays;

/**
 * Pages are mapped when the NIC comes upon one that is not: one fault for a request, however many of its pages are
 * missing. The limit is on mapped pages; nothing is locked. Pages that are unmapped for one request are unmapped in one
 * call.
 */
final class OnDemandSimulation implements Simulation {
    private static final Policy.Idle ALL = page -> true;

    private final Policy policy;
    private final Unit unit;
    private final long limit;
    private final LongIntMap mapped = new LongIntMap();
    private final Tally tally = new Tally();
    private long[] pages = new long[64];
    private int used;
    private int free = Policy.NONE;
    private long unmapped;

    OnDemandSimulation(final Policy policy, final Unit unit, final long limit) {
        this.policy = policy;
        this.unit = unit;
        this.limit = limit;
    }

    @Override
    public void request(final long offset, final long length) {
        final long first = offset / unit.bytes();
        final long end = (offset + length - 1) / unit.bytes() + 1;
        if (unit == Unit.REGION) {
            if (end - first > limit) {
                throw new LimitException(limit * unit.bytes(), (end - first) * unit.bytes());
            }
            one(first, end);
        } else {
            for (long page = first; page < end; page++) {
                one(page, page + 1);
            }
        }
    }

    private void one(final long first, final long end) {
        tally.request();
        long missing = 0;
        unmapped = 0;
        for (long page = first; page < end; page++) {
            final int id = mapped.get(page);
            if (id != LongIntMap.NONE) {
                policy.hit(id);
            } else {
                missing++;
                map(page);
            }
        }
        if (missing == 0) {
            tally.hit();
        } else {
            tally.fault();
            tally.mapped(missing);
        }
        if (unmapped > 0) {
            tally.deregistered(unmapped);
        }
    }

    private void map(final long page) {
        policy.missed(page, 1);
        if (mapped.size() >= limit) {
            free = policy.victim(ALL);
            mapped.remove(pages[free]);
            policy.removed(free, true);
            unmapped++;
        }
        final int id = free != Policy.NONE ? free : used++;
        free = Policy.NONE;
        pages = id < pages.length ? pages : Arrays.copyOf(pages, pages.length * 2);
        pages[id] = page;
        mapped.put(page, id);
        policy.added(id, page, 1);
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
