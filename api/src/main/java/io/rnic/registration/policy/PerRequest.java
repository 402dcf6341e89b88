package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.RegistrationMode;

/**
 * No caching: each request registers its memory and deregisters it again (paper, §III and §IV: "registration can be
 * performed per-I/O").
 */
final class PerRequest implements Policy {
    private final Chains regions = new Chains(1);

    @Override
    public RegistrationMode mode() {
        return RegistrationMode.PER_REQUEST;
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        regions.add(0, region, pages);
    }

    @Override
    public void hit(final int region) {
        // A request that overlaps another in time may use its registration; that changes nothing.
    }

    @Override
    public int victim(final Idle idle) {
        return Victims.oldestIdle(regions, 0, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        regions.remove(region);
    }
}
