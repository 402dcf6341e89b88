package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.RegistrationMode;

/**
 * No caching: each request registers its memory and deregisters it again (paper, §III and §IV: "registration can be
 * performed per-I/O"). So nothing is kept that could go.
 */
final class PerRequest implements Policy {
    @Override
    public RegistrationMode mode() {
        return RegistrationMode.PER_REQUEST;
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        // Its request ends it.
    }

    @Override
    public void hit(final int region) {
        // The same.
    }

    @Override
    public int victim(final Idle idle) {
        return NONE;
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        // The same.
    }
}
