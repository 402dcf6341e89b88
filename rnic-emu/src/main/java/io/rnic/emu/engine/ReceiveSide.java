package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The one placement: all that arrives, by whatever link, is checked here, and placed or (a short message) left in its
 * completion for the host to place. Every method comes back with
 * {@link Terminate#NONE}, the Terminate that the sender gets, or a local code; the caller then fails both sides.
 */
public final class ReceiveSide {
    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();
    private static final int REMOTE_WRITE = Access.REMOTE_WRITE.bit();
    private static final int REMOTE_READ = Access.REMOTE_READ.bit();
    private static final int REMOTE_ATOMIC = Access.REMOTE_ATOMIC.bit();

    private final StagTable stags;
    private final LocalMemory memory;
    private final ReceiveFaults faults;
    private final ShortMessages shortMessages;

    ReceiveSide(final StagTable stags, final LocalMemory memory) {
        this.stags = stags;
        this.memory = memory;
        faults = new ReceiveFaults(memory);
        shortMessages = new ShortMessages(memory, faults);
    }

    /** The way of short messages, for who sends many of them. */
    ShortMessages shortMessages() {
        return shortMessages;
    }

    /** See {@link DirectLink#expectSend}. */
    public void expectSend(final ReceiveFlow flow) {
        if (!flow.destroyed) {
            flow.completions.claimNext();
        }
    }

    /** Places a piece of a Send into the target's current receive; see {@link DirectLink#send}. */
    public int send(final ReceiveFlow flow, final MemorySegment source, final long sourceOffset,
        final int length, final int messageOffset, final boolean last) {
        flow.lock();
        try {
            if (!flow.open) {
                return Terminate.CONNECTION_LOST;
            }
            if (messageOffset == 0) {
                if (!flow.begin()) {
                    flow.queuePair.note(Fault.of(
                        Check.NO_RECEIVE, CompletionOpcode.RECEIVE, Fault.NO_SLOT, length, TerminateCode.NO_BUFFER));
                    return TerminateCode.NO_BUFFER;
                }
                flow.rewind();
            }
            final MemoryEntry entry = last && messageOffset == 0 ? shortMessages.target(flow, length) : null;
            flow.noteCarried(entry != null);
            if (entry != null) {
                return shortMessages.leave(flow, entry, source, sourceOffset, length);
            }
            return place(flow, source, sourceOffset, length, messageOffset, last);
        } finally {
            flow.unlock();
        }
    }

    /** Notes that the host could not place a message that was left in a completion; the caller ends the connection. */
    void noteUnplaced(final QueuePairContext target, final int slotNumber) {
        target.receive.lock();
        try {
            if (!isGone(target)) {
                faults.noteUnplaced(target, slotNumber);
            }
        } finally {
            target.receive.unlock();
        }
    }

    private int place(final ReceiveFlow flow, final MemorySegment source, final long sourceOffset,
        final int length, final int messageOffset, final boolean last) {
        final int result = length == 0 ? Terminate.NONE : scatter(flow, source, sourceOffset, length);
        if (result != Terminate.NONE && result != Terminate.LOCAL_FAULT) {
            faults.noteReceive(flow.queuePair, messageOffset + length, result);
            tellPeer(flow.queuePair, result);
            flow.queuePair.markError();
            completeReceive(flow, result == TerminateCode.MESSAGE_TOO_LONG ? CompletionStatus.LOCAL_LENGTH_ERROR
                : CompletionStatus.LOCAL_PROTECTION_ERROR, 0, result);
        } else if (result == Terminate.NONE && last) {
            final long slotNumber = flow.slotNumber();
            if (!completeReceive(flow, CompletionStatus.SUCCESS, messageOffset + length, 0)) {
                return faults.lost(flow.queuePair, slotNumber, messageOffset + length);
            }
            flow.untagged++;
            flow.untaggedBytes += messageOffset + length;
        }
        return result;
    }

    /** Before its owner can see the error, who may end the connection then: the peer would not learn why. */
    private static void tellPeer(final QueuePairContext target, final int result) {
        final StreamState stream = target.stream;
        final StreamReceiver receiver = stream == null ? null : stream.receiver;
        if (receiver != null) {
            receiver.refuse(result);
        }
    }

    private int scatter(
        final ReceiveFlow flow, final MemorySegment source, final long sourceOffset, final int length) {
        int done = 0;
        while (done < length) {
            if (flow.sge == flow.maxSges) {
                return TerminateCode.MESSAGE_TOO_LONG;
            }
            final int sge = flow.slot() + flow.sge * SgeLayout.BYTES;
            final long extent = Words.getLong(flow.slots + sge + SgeLayout.EXTENT);
            final int sgeLength = SgeLayout.length(extent);
            if (sgeLength == 0) {
                return TerminateCode.MESSAGE_TOO_LONG; // the end of a list that does not fill the slot
            }
            if (sgeLength == flow.sgeUsed) {
                flow.sge++;
                flow.sgeUsed = 0;
                continue;
            }
            final long address = Words.getLong(flow.slots + sge + SgeLayout.ADDRESS);
            final int lkey = SgeLayout.lkey(extent);
            final MemoryEntry entry = memory.target(flow, lkey, address, sgeLength);
            if (entry == null) {
                return TerminateCode.DDP_LOCAL_CATASTROPHIC;
            }
            final int piece = Math.min(sgeLength - flow.sgeUsed, length - done);
            final int fault = place(entry, LocalMemory.offset(entry, lkey, address) + flow.sgeUsed, source,
                sourceOffset + done, piece);
            if (fault != Dma.OK) {
                return fault == Dma.SOURCE_FAULT ? Terminate.LOCAL_FAULT : TerminateCode.DDP_LOCAL_CATASTROPHIC;
            }
            flow.sgeUsed += piece;
            done += piece;
        }
        return Terminate.NONE;
    }

    /**
     * Reports the current receive. One that cannot be reported stays current, so that the end of its queue pair gives a
     * shared one back.
     */
    private static boolean completeReceive(
        final ReceiveFlow flow, final CompletionStatus status, final int byteLength, final int vendorError) {
        final boolean reported = flow.completions.push(
            CompletionOpcode.RECEIVE, status, byteLength, flow.number, (int) flow.slotNumber(), vendorError);
        if (reported) {
            flow.advance();
        }
        return reported;
    }

    /** Places a piece of an RDMA Write; see {@link DirectLink#write}. */
    public int write(final ReceiveFlow flow, final int stag, final long taggedOffset, final MemorySegment source,
        final long sourceOffset, final int length) {
        if (!flow.open) {
            return Terminate.CONNECTION_LOST;
        }
        if (length == 0) {
            return Terminate.NONE; // STag and offset of nothing are not looked at (RFC 5041 §4.2)
        }
        MemoryEntry entry = flow.written;
        if (entry == null || !entry.isNamed(stag, taggedOffset, length)) {
            final int refused = admitWrite(flow.queuePair, stag, taggedOffset, length);
            entry = flow.written;
            if (refused != Terminate.NONE || entry == null) {
                return refused;
            }
        }
        final int fault = place(entry, taggedOffset - entry.address(), source, sourceOffset, length);
        return switch (fault) {
            case Dma.OK -> Terminate.NONE;
            case Dma.SOURCE_FAULT -> Terminate.LOCAL_FAULT;
            default -> faults.gone(flow.queuePair, entry, CompletionOpcode.RDMA_WRITE, REMOTE_WRITE, taggedOffset,
                length, Terminate.ofWrite(AccessCheck.INVALID_STAG));
        };
    }

    /**
     * Places an RDMA Write into the region that was written to last.
     *
     * @return whether it did; if not, for whatever reason, it is to come by {@link #write}, which finds out
     */
    boolean writeAgain(final ReceiveFlow flow, final int stag, final long taggedOffset, final MemoryEntry source,
        final long sourceOffset, final int length) {
        final MemoryEntry entry = flow.written;
        if (!flow.open || entry == null || !entry.isNamed(stag, taggedOffset, length)) {
            return false;
        }
        VarHandle.releaseFence(); // as in place
        return Dma.copy(source, sourceOffset, entry, taggedOffset - entry.address(), length) == Dma.OK;
    }

    /** Whether the peer may write there, whole: nothing of a segment is placed whose end is refused. */
    int admitWrite(final QueuePairContext target, final int stag, final long taggedOffset, final int length) {
        final MemoryEntry entry = stags.find(stag);
        final AccessCheck check = StagTable.check(entry, target.domain, target.asked(REMOTE_WRITE),
            taggedOffset, length);
        if (check != AccessCheck.OK || entry == null) {
            final int terminate = Terminate.ofWrite(check);
            target.note(Fault.of(check, entry, CompletionOpcode.RDMA_WRITE, Fault.NO_SLOT, stag, REMOTE_WRITE,
                taggedOffset, length, terminate));
            return terminate;
        }
        target.receive.written = entry;
        return Terminate.NONE;
    }

    /**
     * Answers an RDMA Read Request on {@code target}: the bytes go through {@link #readResponse} of the asking side;
     * see {@link DirectLink#read}.
     */
    public int readRequest(final QueuePairContext target, final int sourceStag, final long sourceOffset,
        final int length, final QueuePairContext asking, final int sinkStag, final long sinkOffset) {
        if (isGone(target)) {
            return Terminate.CONNECTION_LOST;
        }
        if (target.reads().ird() == 0) {
            return noReads(target, CompletionOpcode.RDMA_READ, length);
        }
        if (length == 0) {
            return Terminate.NONE;
        }
        final MemoryEntry entry = stags.find(sourceStag);
        final int refused = checkSource(target, entry, sourceStag, sourceOffset, length);
        if (refused != Terminate.NONE || entry == null) {
            return refused;
        }
        final int result =
            readResponse(asking, sinkStag, sinkOffset, entry.segment(), sourceOffset - entry.address(), length);
        return result <= Terminate.NONE ? result : sourceGone(target, entry, sourceOffset, length);
    }

    /** The peer asks for more Reads at a time than are answered: without a stream that is one, or none. */
    private static int noReads(final QueuePairContext target, final CompletionOpcode operation, final int length) {
        target.note(
            Fault.of(Check.PROTOCOL, operation, Fault.NO_SLOT, length, TerminateCode.STREAM_CATASTROPHIC));
        return TerminateCode.STREAM_CATASTROPHIC;
    }

    /** A region's memory went while the peer read it. */
    int sourceGone(final QueuePairContext target, final MemoryEntry entry, final long offset, final int length) {
        return faults.gone(target, entry, CompletionOpcode.RDMA_READ, REMOTE_READ, offset, length,
            Terminate.ofRead(AccessCheck.INVALID_STAG));
    }

    private int checkSource(final QueuePairContext target, final @Nullable MemoryEntry entry, final int stag,
        final long offset, final int length) {
        final AccessCheck check = StagTable.check(entry, target.domain, target.asked(REMOTE_READ), offset, length);
        if (check == AccessCheck.OK) {
            return Terminate.NONE;
        }
        final int terminate = Terminate.ofRead(check);
        target.note(Fault.of(check, entry, CompletionOpcode.RDMA_READ, Fault.NO_SLOT, stag, REMOTE_READ, offset,
            length, terminate));
        return terminate;
    }

    /** Finds the region that a peer's Read asks for, as {@link EngineThread#found}: for a link that answers later. */
    int findSource(final QueuePairContext target, final EngineThread self, final int stag, final long offset,
        final int length) {
        final MemoryEntry entry = stags.find(stag);
        self.found = entry;
        return length == 0 ? Terminate.NONE : checkSource(target, entry, stag, offset, length);
    }

    /** Places a piece of a Read's answer into the asking side's sink. */
    public int readResponse(final QueuePairContext asking, final int sinkStag, final long sinkOffset,
        final MemorySegment source, final long sourceOffset, final int length) {
        final MemoryEntry sink = memory.find(asking, sinkStag, LOCAL_WRITE, sinkOffset, length);
        if (sink == null) {
            return Terminate.LOCAL_FAULT;
        }
        final long targetOffset = LocalMemory.offset(sink, sinkStag, sinkOffset);
        return switch (place(sink, targetOffset, source, sourceOffset, length)) {
            case Dma.OK -> Terminate.NONE;
            case Dma.SOURCE_FAULT -> Terminate.ofRead(AccessCheck.INVALID_STAG);
            default -> Terminate.LOCAL_FAULT;
        };
    }

    /**
     * What was placed into a queue pair's own memory, for a link that tells what went over it.
     *
     * @return those bytes; none if the memory is gone
     */
    public MemorySegment placed(
        final QueuePairContext queuePair, final int key, final long address, final int length) {
        final MemoryEntry entry = memory.find(queuePair, key, LOCAL_WRITE, address, length);
        return entry == null || length == 0 ? MemorySegment.NULL
            : entry.segment().asSlice(LocalMemory.offset(entry, key, address), length);
    }

    /**
     * Answers an atomic request on {@code target}; the original value goes to the asking side's sink. See
     * {@link DirectLink#atomic}.
     */
    public int atomicRequest(final QueuePairContext target, final int stag, final long taggedOffset,
        final boolean swaps, final long operand, final long comparand, final QueuePairContext asking,
        final int sinkKey, final long sinkAddress) {
        if (isGone(target)) {
            return Terminate.CONNECTION_LOST;
        }
        if (target.reads().ird() == 0) {
            return noReads(target, swaps ? CompletionOpcode.ATOMIC_COMPARE_AND_SWAP
                : CompletionOpcode.ATOMIC_FETCH_AND_ADD, Long.BYTES);
        }
        final MemoryEntry entry = stags.find(stag);
        final int refused = checkAtomic(target, entry, swaps, stag, taggedOffset);
        if (refused != Terminate.NONE || entry == null) {
            return refused;
        }
        final MemoryEntry sink = memory.find(asking, sinkKey, LOCAL_WRITE, sinkAddress, Long.BYTES);
        return sink == null ? Terminate.LOCAL_FAULT : atomic(target, entry, stag, taggedOffset, swaps, operand,
            comparand, sink.segment(), LocalMemory.offset(sink, sinkKey, sinkAddress));
    }

    /** Does the peer's atomic; the original value goes to the beginning of {@code original}. */
    int atomic(final QueuePairContext target, final PendingAnswers.Request asked, final MemorySegment original) {
        final MemoryEntry entry = stags.find(asked.stag);
        final int refused = checkAtomic(target, entry, asked.swaps, asked.stag, asked.taggedOffset);
        return refused != Terminate.NONE || entry == null ? refused : atomic(target, entry, asked.stag,
            asked.taggedOffset, asked.swaps, asked.operand, asked.comparand, original, 0);
    }

    private int checkAtomic(final QueuePairContext target, final @Nullable MemoryEntry entry, final boolean swaps,
        final int stag, final long taggedOffset) {
        final AccessCheck check =
            StagTable.check(entry, target.domain, target.asked(REMOTE_ATOMIC), taggedOffset, Long.BYTES);
        if (check != AccessCheck.OK) {
            return faults.noteAtomic(target, check, entry, swaps, stag, taggedOffset, Terminate.ofRead(check));
        }
        return (taggedOffset & (Long.BYTES - 1)) == 0 ? Terminate.NONE : faults.noteAtomic(
            target, AccessCheck.OK, entry, swaps, stag, taggedOffset, TerminateCode.STREAM_CATASTROPHIC);
    }

    private int atomic(final QueuePairContext target, final MemoryEntry entry, final int stag,
        final long taggedOffset, final boolean swaps, final long operand, final long comparand,
        final MemorySegment sink, final long sinkOffset) {
        final long offset = taggedOffset - entry.address();
        return switch (Dma.atomic(entry, offset, swaps, operand, comparand, sink, sinkOffset)) {
            case Dma.OK -> Terminate.NONE;
            case Dma.SOURCE_FAULT -> faults.noteAtomic(target, AccessCheck.OK, entry, swaps, stag, taggedOffset,
                Terminate.ofRead(AccessCheck.INVALID_STAG));
            default -> Terminate.LOCAL_FAULT;
        };
    }

    /** Makes an STag of the target invalid; see {@link DirectLink#invalidate}. */
    public int invalidate(final QueuePairContext target, final int stag) {
        if (isGone(target)) {
            return Terminate.CONNECTION_LOST;
        }
        final AccessCheck check = stags.invalidate(stag, target.domain, true);
        return check == AccessCheck.OK ? Terminate.NONE
            : faults.noteInvalidation(target, check, stags.named(stag), stag, Terminate.ofInvalidate(check));
    }

    /** Completes the target's receive for a message that was placed; see {@link DirectLink#finish}. */
    public int finish(final QueuePairContext target, final CompletionOpcode opcode, final int length,
        final long carried, final long value, final boolean solicited) {
        final ReceiveFlow flow = target.receive;
        flow.lock();
        try {
            if (isGone(target)) {
                return Terminate.CONNECTION_LOST;
            }
            if (!flow.begin()) {
                target.note(Fault.of(Check.NO_RECEIVE, opcode, Fault.NO_SLOT, length, TerminateCode.NO_BUFFER));
                return TerminateCode.NO_BUFFER;
            }
            final long slotNumber = flow.slotNumber();
            if (!flow.completions.pushReceive(
                opcode, length, target.number, (int) slotNumber, carried, value, solicited)) {
                return faults.lost(target, slotNumber, length);
            }
            flow.advance();
            flow.untagged++;
            flow.untaggedBytes += opcode == CompletionOpcode.RECEIVE ? length : 0;
            return Terminate.NONE;
        } finally {
            flow.unlock();
        }
    }

    private static int place(final MemoryEntry target, final long targetOffset, final MemorySegment source,
        final long sourceOffset, final int length) {
        // What was placed before is seen before: a target may poll the last byte of a Write.
        VarHandle.releaseFence();
        return Dma.copy(source, sourceOffset, target, targetOffset, length);
    }

    /** The target has ended the connection, or was never connected. */
    private static boolean isGone(final QueuePairContext target) {
        return !target.receive.open;
    }

    /** Counts the Terminate by which the connection ends, if this side sends one. */
    void countTerminate(final QueuePairContext queuePair) {
        final Fault fault = queuePair.fault();
        if (fault != null && fault.isTerminated()) {
            final ReceiveFlow flow = queuePair.receive;
            flow.lock();
            flow.seldom.terminates++;
            flow.unlock();
        }
    }

    /** Completes as flushed what was posted to the receive queue, if the queue pair is (still) in ERROR. */
    void flush(final QueuePairContext queuePair) {
        final ReceiveFlow flow = queuePair.receive;
        flow.lock();
        try {
            while (queuePair.stateCode() == ERROR && flow.hasOwn()
                && completeReceive(flow, CompletionStatus.FLUSHED, 0, 0)) {
                flow.seldom.flushed++;
            }
        } finally {
            flow.unlock();
        }
    }
}
