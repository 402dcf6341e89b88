package io.rnic.bench.regcache.sim;

import io.rnic.registration.LongIntMap;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyException;
import java.util.Arrays;

/** Pages or blocks, each by itself. */
final class UnitSimulation implements Simulation {
    private static final Policy.Idle ALL = region -> true;

    private final Policy policy;
    private final int unitBytes;
    private final long limit;
    private final LongIntMap cached = new LongIntMap();
    private final Tally tally = new Tally();
    private long[] keys = new long[64];
    private int used;
    private int free = Policy.NONE;

    UnitSimulation(final Policy policy, final int unitBytes, final long limit) {
        this.policy = policy;
        this.unitBytes = unitBytes;
        this.limit = limit;
    }

    @Override
    public void request(final long offset, final long length) {
        final long end = (offset + length - 1) / unitBytes;
        for (long unit = offset / unitBytes; unit <= end; unit++) {
            access(unit);
        }
    }

    private void access(final long unit) {
        tally.request();
        final int hit = cached.get(unit);
        if (hit != LongIntMap.NONE) {
            tally.hit();
            policy.hit(hit);
            return;
        }
        policy.missed(unit, 1);
        if (cached.size() >= limit) {
            final int victim = policy.victim(ALL);
            if (victim < 0 || victim >= used || cached.get(keys[victim]) != victim) {
                throw new PolicyException(policy, "names region " + victim
                    + " as the victim, which is not registered; allowed: one of those added and not yet removed");
            }
            cached.remove(keys[victim]);
            policy.removed(victim, true);
            tally.deregistered(1);
            free = victim;
        }
        final int id = free != Policy.NONE ? free : used++;
        free = Policy.NONE;
        keys = id < keys.length ? keys : Arrays.copyOf(keys, keys.length * 2);
        keys[id] = unit;
        cached.put(unit, id);
        policy.added(id, unit, 1);
        tally.registered(1);
        tally.locked(cached.size());
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
