package io.rnic.registration;

/**
 * What a policy is made for.
 *
 * @param capacityPages how many pages may be registered; of a simulation by blocks, how many blocks
 * @param costs         what registrations cost
 */
public record PolicyContext(long capacityPages, CostModel costs) {
    /** Checks the capacity. */
    public PolicyContext {
        if (capacityPages < 1) {
            throw new IllegalArgumentException("capacity of " + capacityPages + " pages; allowed: 1 or more");
        }
    }
}
