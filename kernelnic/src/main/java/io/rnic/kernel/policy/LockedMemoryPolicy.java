package io.rnic.kernel.policy;

/** Decides who may pin how much. */
public interface LockedMemoryPolicy {
    /**
     * A process wants to pin memory.
     *
     * @throws io.rnic.verbs.RnicException POLICY with the limit, what was asked for, and what to do; nothing is charged
     *                                     then
     */
    void charge(ProcessAccount process, long bytes);

    /** A process has unpinned memory. */
    void release(ProcessAccount process, long bytes);

    /** A process has opened the device: it counts from now on. */
    default void join(final ProcessAccount process) {
    }

    /** A process has gone, and with it what it had pinned. */
    default void leave(final ProcessAccount process) {
    }

    /** True if it asks processes to give memory back. */
    default boolean reclaims() {
        return false;
    }
}
