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
}
