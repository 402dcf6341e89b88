package io.rnic.emu.engine;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * The part of the receive side that leaves a short message in its completion, for the host to place: one by one, or
 * many that follow each other under locks that are taken once (a train).
 *
 * <pre>
 *   begin -- locks the receives, then the completion queue
 *     leaveNext, leaveNext, ... until one can't be left there
 *   end   -- gives both back
 * </pre>
 *
 * <p>A shared receive queue has no trains: its lock comes before the completion queue's.
 */
final class ShortMessages {
    private final LocalMemory memory;
    private final ReceiveFaults faults;

    ShortMessages(final LocalMemory memory, final ReceiveFaults faults) {
        this.memory = memory;
        this.faults = faults;
    }

    /**
     * The region of the current receive's first piece, if a message of that length may be left in the completion: it
     * fits both, the host knows the memory, it is there, and nobody else reaches it, who would have to see what was
     * placed before.
     */
    @Nullable MemoryEntry target(final ReceiveFlow flow, final int length) {
        final long slots = flow.slots;
        final int sge = flow.slot();
        final long extent = Words.getLong(slots + sge + SgeLayout.EXTENT);
        final int sgeLength = SgeLayout.length(extent);
        if (length == 0 || length > CompletionLayout.MAX_PAYLOAD_BYTES || length > sgeLength
            || !SgeLayout.isHostPlaced(extent)) {
            return null;
        }
        final MemoryEntry entry =
            memory.target(flow, SgeLayout.lkey(extent), Words.getLong(slots + sge + SgeLayout.ADDRESS), sgeLength);
        return entry == null || !entry.isLocal() || entry.isGone() ? null : entry;
    }

    /** Leaves a message in its completion; the caller holds the lock of the receives. */
    int leave(final ReceiveFlow flow, final MemoryEntry entry,
        final MemorySegment source, final long sourceOffset, final int length) {
        entry.leaveMessage();
        final long slotNumber = flow.slotNumber();
        final int result =
            flow.completions.pushMessage(source, sourceOffset, length, flow.number, (int) slotNumber);
        if (result != CompletionWriter.REPORTED) {
            return result == CompletionWriter.SOURCE_FAULT ? Terminate.LOCAL_FAULT
                : faults.lost(flow.queuePair, slotNumber, length);
        }
        flow.advance();
        flow.untagged++;
        flow.untaggedBytes += length;
        return Terminate.NONE;
    }

    /**
     * Leaves a message that comes alone in its completion.
     *
     * @return false if it can't be left there, as {@link #leaveNext}, or its memory is gone
     */
    boolean leaveOne(
        final ReceiveFlow flow, final MemoryEntry source, final long sourceOffset, final int length) {
        boolean left = false;
        begin(flow);
        final boolean interrupted = InterruptStatus.isSet();
        try {
            left = leaveNext(flow, source, sourceOffset, length);
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted); // as in Dma.copy
        } finally {
            end(flow, left ? 1 : 0, left ? length : 0);
        }
        return left;
    }

    /**
     * Begins a train of short messages that follow each other: what covers the receives and their completions is taken
     * once for all of them.
     */
    void begin(final ReceiveFlow flow) {
        flow.lock();
        flow.completions.beginMessages();
    }

    /**
     * Leaves the next message of a train, which its region holds, in its completion. If the message's memory is gone it
     * throws what {@link MemorySegment#get} throws.
     *
     * @return false if it can't be left there, for whatever reason: it is to come by {@link ReceiveSide#send}, which
     *         finds out
     */
    boolean leaveNext(
        final ReceiveFlow flow, final MemoryEntry source, final long sourceOffset, final int length) {
        final MemoryEntry entry = flow.open && flow.begin() ? target(flow, length) : null;
        if (entry == null) {
            return false;
        }
        entry.leaveMessage();
        if (!put(flow, source, sourceOffset, length)) {
            return false;
        }
        flow.advance();
        return true;
    }

    private static boolean put(
        final ReceiveFlow flow, final MemoryEntry source, final long sourceOffset, final int length) {
        final int slotNumber = (int) flow.slotNumber();
        if (!source.isLasting()) {
            return flow.completions.putMessage(source.segment(), sourceOffset, length, flow.number, slotNumber);
        }
        try {
            return flow.completions.putMessage(source.address() + sourceOffset, length, flow.number, slotNumber);
        } finally {
            Reference.reachabilityFence(source);
        }
    }

    /** Ends a train of so many messages with so many bytes. */
    void end(final ReceiveFlow flow, final int messages, final long bytes) {
        flow.untagged += messages;
        flow.untaggedBytes += bytes;
        try {
            flow.completions.endMessages();
        } finally {
            flow.unlock();
        }
    }
}
