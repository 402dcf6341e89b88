package io.rnic.emu.engine;

import io.rnic.emu.host.GracePeriod;
import io.rnic.emu.memory.MemoryEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a thread needs while it does the NIC's work: a place to gather, and a list of what to do when it is done. */
final class EngineThread extends GracePeriod.Participant {
    /** Whose it is. */
    final Thread thread = Thread.currentThread();
    /** The regions of the request's pieces, after their checks. */
    final @Nullable MemoryEntry[] entries;
    /** Where in their regions the pieces begin. */
    final long[] offsets;
    /** The pieces' bytes; none is 0. */
    final int[] lengths;
    /** How many pieces there are. */
    int pieces;

    /** Of a message that is cut into segments: the piece whose bytes are next, and how many of it were taken. */
    int piece;
    int pieceUsed;
    /** The region that a peer's Read was found to read. */
    @Nullable MemoryEntry found;

    private final Deque<QueuePairContext> deferred = new ArrayDeque<>();
    /** Whether something is deferred: looked at after each post. */
    private boolean hasDeferred;

    EngineThread(final int maxSges) {
        entries = new MemoryEntry[maxSges];
        offsets = new long[maxSges];
        lengths = new int[maxSges];
    }

    void addPiece(final MemoryEntry entry, final long offset, final int length) {
        entries[pieces] = entry;
        offsets[pieces] = offset;
        lengths[pieces] = length;
        pieces++;
    }

    /** Bytes of all pieces, the first of which is next. */
    long gathered() {
        long sum = 0;
        for (int i = 0; i < pieces; i++) {
            sum += lengths[i];
        }
        piece = 0;
        pieceUsed = 0;
        return sum;
    }

    /** Passes over bytes of the pieces, no more than there are. */
    void skip(final int bytes) {
        pieceUsed += bytes;
        while (piece < pieces && pieceUsed >= lengths[piece]) {
            pieceUsed -= lengths[piece++];
        }
    }

    /** To be worked on when this thread holds no lock any more. */
    void defer(final QueuePairContext queuePair) {
        deferred.add(queuePair);
        hasDeferred = true;
    }

    boolean hasDeferred() {
        return hasDeferred;
    }

    @Nullable QueuePairContext nextDeferred() {
        final QueuePairContext next = deferred.poll();
        hasDeferred = next != null;
        return next;
    }
}
