package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.RegistrationMode;

/**
 * On-demand paging: nothing is locked; the NIC stops at a page that is not mapped, and the kernel maps it; what has not
 * been used since CLOCK's hand came by is unmapped for others (Lesokhin et al., "Page fault support for network
 * controllers", ASPLOS 2017).
 */
final class OnDemand implements Policy {
    private final Clock clock = new Clock();

    @Override
    public RegistrationMode mode() {
        return RegistrationMode.ON_DEMAND;
    }

    @Override
    public void added(final int page, final long key, final int pages) {
        clock.added(page, key, pages);
    }

    @Override
    public void hit(final int page) {
        clock.hit(page);
    }

    @Override
    public int victim(final Idle idle) {
        return clock.victim(idle);
    }

    @Override
    public void removed(final int page, final boolean evicted) {
        clock.removed(page, evicted);
    }
}
