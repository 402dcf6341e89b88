package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.Diagnosis;
import org.jspecify.annotations.Nullable;

/**
 * What the NIC notes when something fails, before the queue pair goes to ERROR: all of a {@link Diagnosis} but what
 * only the host knows.
 *
 * @param check      what failed
 * @param byPeer     whether the peer found it
 * @param operation  what was asked
 * @param slotNumber the request's slot, {@link #NO_SLOT} if no request of this queue pair is concerned
 * @param stag       the STag that was asked for
 * @param access     what was needed
 * @param address    the first byte
 * @param length     how many, or the milliseconds that ran out
 * @param region     the region that has the STag
 * @param terminate  the Terminate that was sent or received, 0 if none
 */
public record Fault(
        Check check,
        boolean byPeer,
        @Nullable CompletionOpcode operation,
        long slotNumber,
        int stag,
        int access,
        long address,
        long length,
        Diagnosis.@Nullable Region region,
        int terminate) {

    /** No request of this queue pair is concerned. */
    public static final long NO_SLOT = -1;

    /** The end of a connection, or of what was none. */
    static Fault of(final Check check) {
        return new Fault(check, false, null, NO_SLOT, 0, 0, 0, 0, null, 0);
    }

    /** A peer that is given up, for it took longer than that. */
    static Fault timeout(final Check waited, final int timeoutMs) {
        return new Fault(waited, false, null, NO_SLOT, 0, 0, 0, timeoutMs, null, 0);
    }

    /** A fault that was asked for; what it befell, null and {@link #NO_SLOT} for no request of this side. */
    static Fault injected(final @Nullable CompletionOpcode operation, final long slotNumber, final int terminate) {
        final boolean byPeer = terminate != 0;
        return new Fault(byPeer ? Check.INJECTED_TERMINATE : Check.INJECTED_DROP, byPeer, operation, slotNumber, 0, 0,
            0, 0, null, terminate);
    }

    /** What failed where a completion was lost. */
    static Check overrun(final CompletionWriter completions) {
        return completions.isOverrunInjected() ? Check.INJECTED_OVERRUN : Check.COMPLETION_QUEUE;
    }

    /** A piece of memory is gone, and no region tells any more what it was. */
    static Fault gone(final CompletionOpcode operation, final long slotNumber, final int stag, final int access,
        final long address, final long length, final int terminate) {
        return new Fault(Check.MEMORY, false, operation, slotNumber, stag, access & ~MemoryEntry.LOCAL_READ, address,
            length, null, terminate);
    }

    /** A fault without memory. */
    static Fault of(
        final Check check, final CompletionOpcode operation, final long slotNumber, final long length,
        final int terminate) {
        return new Fault(check, false, operation, slotNumber, 0, 0, 0, length, null, terminate);
    }

    /**
     * An access that the check refused, or whose memory is gone. Of a region of another domain, who asked with a
     * request of its own is told nothing.
     */
    static Fault of(final AccessCheck check, final @Nullable MemoryEntry entry, final CompletionOpcode operation,
        final long slotNumber, final int stag, final int access, final long address, final long length,
        final int terminate) {
        final Diagnosis.Region region =
            entry == null || (check == AccessCheck.OTHER_DOMAIN && slotNumber != NO_SLOT) ? null
            : new Diagnosis.Region(entry.domain(), entry.access(), entry.address(), entry.length());
        return new Fault(of(check, entry, access), false, operation, slotNumber, stag,
            access & ~MemoryEntry.LOCAL_READ, address, length, region, terminate);
    }

    private static Check of(final AccessCheck check, final @Nullable MemoryEntry entry, final int access) {
        return switch (check) {
            case INVALID_STAG -> Check.STAG;
            case OTHER_DOMAIN -> Check.DOMAIN;
            case NO_ACCESS -> entry != null && entry.allows(access) ? Check.QUEUE_PAIR_ACCESS : Check.ACCESS;
            case WRAP -> Check.WRAP;
            case OUT_OF_BOUNDS -> Check.BOUNDS;
            case HAS_WINDOWS -> Check.WINDOWS;
            case OK -> Check.MEMORY;
        };
    }

    /** The same for another check. */
    Fault with(final Check other) {
        return new Fault(other, byPeer, operation, slotNumber, stag, access, address, length, region, terminate);
    }

    /** The same with the Terminate that is sent. */
    Fault with(final int sent) {
        return new Fault(check, byPeer, operation, slotNumber, stag, access, address, length, region, sent);
    }

    /** The same as the asking side sees it, of whose request it was. */
    Fault refused(final CompletionOpcode asked, final long askedSlot, final int received) {
        return new Fault(check, true, asked, askedSlot, stag, access, address, length,
            check == Check.DOMAIN ? null : region, received);
    }

    /** Whether this side sends the peer a Terminate for it; one that was asked for is said to have been sent. */
    boolean isTerminated() {
        return terminate != 0 && (!byPeer || check == Check.INJECTED_TERMINATE);
    }

    /** What the queue pair's owner is told apart from completions. */
    AsyncEventType event() {
        switch (check) {
            case DISCONNECTED, PEER_DISCONNECTED, PEER_STALLED, NO_ANSWER, NOT_TAKEN, NO_FIRST_MESSAGE -> {
                return AsyncEventType.DISCONNECTED;
            }
            default -> {
                if (byPeer || terminate == 0) {
                    return AsyncEventType.QP_FATAL;
                }
            }
        }
        return switch ((terminate >>> 8) & 0xFF) {
            case 0x01, 0x11 -> AsyncEventType.QP_ACCESS_ERR;
            case 0x02, 0x12 -> AsyncEventType.QP_REQ_ERR;
            default -> AsyncEventType.QP_FATAL;
        };
    }

    /**
     * All that is to be said.
     *
     * @param queuePair whose fault it is
     * @param wrId      the request's number, if there is one and it is known
     */
    public Diagnosis diagnosis(final QueuePairContext queuePair, final @Nullable Long wrId) {
        return new Diagnosis(check, byPeer, operation, queuePair.number, wrId, stag, access, address, length,
            queuePair.domain, region, terminate);
    }
}
