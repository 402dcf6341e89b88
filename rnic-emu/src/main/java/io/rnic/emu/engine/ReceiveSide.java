package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The one placement: all that arrives, by whatever link, is checked and placed here. Every method comes back with
 * {@link Terminate#NONE}, the Terminate that the sender gets, or a local code; the caller then fails both sides.
 */
public final class ReceiveSide {
    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int RESET = QueuePairState.RESET.code();
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();
    private static final int REMOTE_WRITE = Access.REMOTE_WRITE.bit();
    private static final int REMOTE_READ = Access.REMOTE_READ.bit();

    private final StagTable stags;
    private final LocalMemory memory;
    private final Dma dma;

    ReceiveSide(final StagTable stags, final LocalMemory memory, final Dma dma) {
        this.stags = stags;
        this.memory = memory;
        this.dma = dma;
    }

    /** Places a piece of a Send into the target's current receive; see {@link Link#send}. */
    public int send(final QueuePairContext target, final MemorySegment source, final long sourceOffset,
        final int length, final int messageOffset, final boolean last) {
        target.receiveLock.lock();
        try {
            if (isGone(target)) {
                return Terminate.CONNECTION_LOST;
            }
            if (messageOffset == 0) {
                if (!target.hasReceive()) {
                    return Terminate.NO_BUFFER;
                }
                target.receiveSge = 0;
                target.receiveSgeUsed = 0;
            }
            final int result = length == 0 ? Terminate.NONE : scatter(target, source, sourceOffset, length);
            if (result != Terminate.NONE && result != Terminate.LOCAL_FAULT) {
                target.markError();
                completeReceive(target, result == Terminate.MESSAGE_TOO_LONG ? CompletionStatus.LOCAL_LENGTH_ERROR
                    : CompletionStatus.LOCAL_PROTECTION_ERROR, 0, result);
            } else if (result == Terminate.NONE && last) {
                target.counters.receives++;
                target.counters.receiveBytes += messageOffset + length;
                if (!completeReceive(target, CompletionStatus.SUCCESS, messageOffset + length, 0)) {
                    return Terminate.DDP_LOCAL_CATASTROPHIC;
                }
            }
            return result;
        } finally {
            target.receiveLock.unlock();
        }
    }

    private int scatter(
        final QueuePairContext target, final MemorySegment source, final long sourceOffset, final int length) {
        final UnsafeBuffer slots = target.receiveSlots;
        int done = 0;
        while (done < length) {
            if (target.receiveSge == target.maxReceiveSges) {
                return Terminate.MESSAGE_TOO_LONG;
            }
            final int sge = target.receiveSlot() + target.receiveSge * SgeLayout.BYTES;
            final int sgeLength = slots.getInt(sge + SgeLayout.LENGTH);
            if (sgeLength == 0) {
                return Terminate.MESSAGE_TOO_LONG; // the end of a list that does not fill the slot
            }
            if (sgeLength == target.receiveSgeUsed) {
                target.receiveSge++;
                target.receiveSgeUsed = 0;
                continue;
            }
            final long address = slots.getLong(sge + SgeLayout.ADDRESS);
            final MemoryEntry entry =
                memory.find(target, slots.getInt(sge + SgeLayout.LKEY), LOCAL_WRITE, address, sgeLength);
            if (entry == null) {
                return Terminate.DDP_LOCAL_CATASTROPHIC;
            }
            final int piece = Math.min(sgeLength - target.receiveSgeUsed, length - done);
            final int fault =
                place(entry, address + target.receiveSgeUsed, source, sourceOffset + done, piece);
            if (fault != Dma.OK) {
                return fault == Dma.SOURCE_FAULT ? Terminate.LOCAL_FAULT : Terminate.DDP_LOCAL_CATASTROPHIC;
            }
            target.receiveSgeUsed += piece;
            done += piece;
        }
        return Terminate.NONE;
    }

    private static boolean completeReceive(
        final QueuePairContext target, final CompletionStatus status, final int byteLength, final int vendorError) {
        final int slotNumber = (int) target.receiveTaken;
        target.receiveTaken++;
        return target.receiveCompletions.push(
            CompletionOpcode.RECEIVE, status, byteLength, target.number, slotNumber, vendorError);
    }

    /** Places a piece of an RDMA Write; see {@link Link#write}. */
    public int write(final QueuePairContext target, final int stag, final long taggedOffset, final MemorySegment source,
        final long sourceOffset, final int length) {
        if (isGone(target)) {
            return Terminate.CONNECTION_LOST;
        }
        if (length == 0) {
            return Terminate.NONE; // STag and offset of nothing are not looked at (RFC 5041 §4.2)
        }
        final MemoryEntry entry = stags.find(stag);
        final AccessCheck check = StagTable.check(entry, target.domain, REMOTE_WRITE, taggedOffset, length);
        if (check != AccessCheck.OK || entry == null) {
            return Terminate.ofWrite(check);
        }
        final int fault = place(entry, taggedOffset, source, sourceOffset, length);
        return switch (fault) {
            case Dma.OK -> Terminate.NONE;
            case Dma.SOURCE_FAULT -> Terminate.LOCAL_FAULT;
            default -> Terminate.ofWrite(AccessCheck.INVALID_STAG);
        };
    }

    /**
     * Answers an RDMA Read Request on {@code target}: the bytes go through {@link #readResponse} of the asking side;
     * see {@link Link#read}.
     */
    public int readRequest(final QueuePairContext target, final int sourceStag, final long sourceOffset,
        final int length, final QueuePairContext asking, final int sinkStag, final long sinkOffset) {
        if (isGone(target)) {
            return Terminate.CONNECTION_LOST;
        }
        if (length == 0) {
            return Terminate.NONE;
        }
        final MemoryEntry entry = stags.find(sourceStag);
        final AccessCheck check = StagTable.check(entry, target.domain, REMOTE_READ, sourceOffset, length);
        if (check != AccessCheck.OK || entry == null) {
            return Terminate.ofRead(check);
        }
        int done = 0;
        while (done < length) {
            final int run = entry.run(sourceOffset + done, length - done);
            final long bus = entry.bus(sourceOffset + done);
            final Dma.Window window = dma.window(bus);
            final int result = window == null ? Terminate.ofRead(AccessCheck.INVALID_STAG)
                : readResponse(asking, sinkStag, sinkOffset + done, window.segment(), window.offset(bus), run);
            if (result != Terminate.NONE) {
                return result;
            }
            done += run;
        }
        return Terminate.NONE;
    }

    /** Places a piece of a Read's answer into the asking side's sink. */
    public int readResponse(final QueuePairContext asking, final int sinkStag, final long sinkOffset,
        final MemorySegment source, final long sourceOffset, final int length) {
        final MemoryEntry sink = memory.find(asking, sinkStag, LOCAL_WRITE, sinkOffset, length);
        if (sink == null) {
            return Terminate.LOCAL_FAULT;
        }
        return switch (place(sink, sinkOffset, source, sourceOffset, length)) {
            case Dma.OK -> Terminate.NONE;
            case Dma.SOURCE_FAULT -> Terminate.ofRead(AccessCheck.INVALID_STAG);
            default -> Terminate.LOCAL_FAULT;
        };
    }

    private int place(final MemoryEntry entry, final long address, final MemorySegment source, final long sourceOffset,
        final int length) {
        // What was placed before is seen before: a target may poll the last byte of a Write.
        VarHandle.releaseFence();
        int done = 0;
        while (done < length) {
            final int run = entry.run(address + done, length - done);
            final int fault = dma.copy(source, sourceOffset + done, entry.bus(address + done), run);
            if (fault != Dma.OK) {
                return fault;
            }
            done += run;
        }
        return Dma.OK;
    }

    /** The target has ended the connection, or was never connected. */
    private static boolean isGone(final QueuePairContext target) {
        final int state = target.stateCode();
        return state == ERROR || state == RESET || target.link == null;
    }

    /** Completes as flushed what was posted to the receive queue, if the queue pair is (still) in ERROR. */
    void flush(final QueuePairContext queuePair) {
        queuePair.receiveLock.lock();
        try {
            while (queuePair.stateCode() == ERROR && queuePair.hasReceive()) {
                queuePair.counters.flushed++;
                completeReceive(queuePair, CompletionStatus.FLUSHED, 0, 0);
            }
        } finally {
            queuePair.receiveLock.unlock();
        }
    }
}
