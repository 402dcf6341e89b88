package io.rnic.emu.queue;

import org.jspecify.annotations.Nullable;

/** For each slot of a ring the request that it was written for last, and the request's revision then. */
final class WrittenSlots {
    private final @Nullable Object[] requests;
    private final long[] revisions;

    /** Slots of which nothing is known. */
    WrittenSlots(final int slots) {
        requests = new Object[slots];
        revisions = new long[slots];
    }

    /** Whether a slot was written for that very request, and it has not changed since. */
    @SuppressWarnings("ReferenceEquality") // the same object, that is the question
    boolean isFor(final int slot, final Object request, final long revision) {
        return requests[slot] == request && revisions[slot] == revision;
    }

    @SuppressWarnings("ReferenceEquality") // as above; a store of a reference costs more than this look
    void note(final int slot, final Object request, final long revision) {
        if (requests[slot] != request) {
            requests[slot] = request;
        }
        revisions[slot] = revision;
    }

    void forget(final int slot) {
        requests[slot] = null;
    }
}
