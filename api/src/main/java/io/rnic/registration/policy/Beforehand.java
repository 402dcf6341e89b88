package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.RegistrationMode;

/**
 * Everything is registered before the first request and stays so, whatever the limit (paper, §III: "pre-registering
 * large amounts of memory is sometimes possible but results in underutilization of physical memory").
 */
final class Beforehand implements Policy {
    @Override
    public RegistrationMode mode() {
        return RegistrationMode.BEFOREHAND;
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        // Nothing to keep: nobody has to go.
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
