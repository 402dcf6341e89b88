package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/**
 * What is to change of a queue pair ({@code ibv_modify_qp(3)} with its mask): all of it, or, if one part is not
 * allowed, nothing.
 *
 * @param state the state to move to, null to stay
 * @param ord   RDMA Reads and atomics that it may have outstanding, {@link #UNCHANGED} to leave it
 * @param ird   RDMA Reads and atomics that it answers at a time, {@link #UNCHANGED} to leave it
 */
public record QueuePairChange(@Nullable QueuePairState state, int ord, int ird) {
    /** Leaves a number as it is. */
    public static final int UNCHANGED = -1;

    /** To that state. */
    public static QueuePairChange to(final QueuePairState state) {
        return new QueuePairChange(state, UNCHANGED, UNCHANGED);
    }

    /** Nothing but these numbers. */
    public static QueuePairChange reads(final int ord, final int ird) {
        return new QueuePairChange(null, ord, ird);
    }

    /** The same with these numbers. */
    public QueuePairChange withReads(final int newOrd, final int newIrd) {
        return new QueuePairChange(state, newOrd, newIrd);
    }

    /** Whether one of the numbers changes. */
    public boolean changesReads() {
        return ord != UNCHANGED || ird != UNCHANGED;
    }
}
