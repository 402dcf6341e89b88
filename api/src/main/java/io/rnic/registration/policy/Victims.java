package io.rnic.registration.policy;

import io.rnic.registration.Policy;

/** Looks for a region that may go. */
final class Victims {
    private Victims() {
    }

    /** The oldest idle region of a list, or {@link Policy#NONE}. */
    static int oldestIdle(final Chains chains, final int list, final Policy.Idle idle) {
        int region = chains.oldest(list);
        while (region != Chains.NONE && !idle.test(region)) {
            region = chains.next(region);
        }
        return region;
    }

    /** The oldest idle region of the first list, and if it has none, of the second. */
    static int oldestIdle(final Chains chains, final int list, final int otherwise, final Policy.Idle idle) {
        final int region = oldestIdle(chains, list, idle);
        return region != Policy.NONE ? region : oldestIdle(chains, otherwise, idle);
    }
}
