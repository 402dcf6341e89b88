package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.PlainRequestLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Takes send requests in order, checks their local memory, hands the bytes to the link, completes them. */
final class SendSide {
    /** Requests that are done before the thread leaves the NIC's work for a moment, so that a grace period can end. */
    static final int BATCH = 64;
    static final int RTS = QueuePairState.RTS.code();

    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();
    private static final int READ = Opcode.RDMA_READ.code();
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();
    private static final int LOCAL_READ = MemoryEntry.LOCAL_READ;

    private final Engine engine;
    private final LocalMemory memory;
    private final ReceiveSide receiveSide;
    private final SendFaults faults;
    private final OtherRequests others;
    private final StreamSends streams;
    private final MessageTrain train;

    SendSide(final Engine engine, final StagTable stags, final LocalMemory memory, final ReceiveSide receiveSide) {
        this.engine = engine;
        this.receiveSide = receiveSide;
        this.memory = memory;
        faults = new SendFaults(memory);
        others = new OtherRequests(engine, stags, memory, this);
        streams = new StreamSends(engine, memory, this, others);
        train = new MessageTrain(this, memory, receiveSide.shortMessages());
    }

    /**
     * Does what is posted, {@value #BATCH} requests at most; the caller holds the send side's lock.
     *
     * @return whether there is more that was posted before
     */
    boolean drain(final SendFlow flow, final EngineThread self) {
        if (flow.direct == null) {
            final StreamState stream = flow.queuePair.stream;
            if (stream != null) {
                return streams.drain(flow.queuePair, stream, self);
            }
        }
        final long posted = flow.posted();
        for (int done = 0; done < BATCH && flow.taken != posted; done++) {
            final int state = flow.state();
            if (state != RTS && state != ERROR) {
                return false;
            }
            final DirectLink link = flow.direct;
            if (link == null && flow.queuePair.stream != null) {
                return true; // by the state it is connected to a stream, which above it was not yet
            }
            final int slot = flow.slot();
            final long control = Words.getLong(flow.slots + slot + SendSlotLayout.CONTROL);
            if (SendSlotLayout.isShortSend(control) && posted - flow.taken > 1 && state == RTS) {
                final int delivered =
                    train.deliver(flow, self, control, (int) Math.min(posted - flow.taken, BATCH - done));
                if (delivered != 0) {
                    done += delivered - 1;
                    continue;
                }
            }
            final int result = state == ERROR || link == null ? Terminate.CONNECTION_LOST
                : execute(flow, link, self, slot, control);
            flow.taken++;
            if (result == Terminate.NONE) {
                complete(flow, self, control, flow.taken - 1);
            } else if (result == Terminate.ABANDONED) {
                return false;
            } else {
                completeInError(flow.queuePair, self, slot, control, result);
            }
        }
        return flow.taken != posted;
    }

    /**
     * Does a Send or Write of one piece that never was in a slot, to a peer that is near; it counts as taken already,
     * and the caller holds the send side's lock.
     *
     * @return whether it is done; if it is not, for whatever reason, it is to come by its slot, where that is found out
     */
    boolean push(final SendFlow flow, final EngineThread self, final long control, final long address, final int lkey,
        final long remoteAddress, final int rkey) {
        final ReceiveFlow near = flow.near;
        if (near == null || flow.state() != RTS) {
            return false;
        }
        final boolean done = SendSlotLayout.kind(control) == WRITE
            ? pushWrite(flow, near, control, address, lkey, remoteAddress, rkey)
            : SendSlotLayout.isShortSend(control) && pushSend(flow, near, control, address, lkey);
        if (done) {
            complete(flow, self, control, flow.taken - 1);
        }
        return done;
    }

    /**
     * Does Writes as {@link #push} does one; of those in memory from {@code begin} to {@code end}.
     *
     * @param first the number of the request at 0
     * @return which is the first that was not done
     */
    int pushWrites(final SendFlow flow, final EngineThread self, final long first, final long requests,
        final int begin, final int end) {
        long request = requests + (long) begin * PlainRequestLayout.BYTES;
        for (int i = begin; i < end; i++) {
            final ReceiveFlow near = flow.near;
            final long control = PlainRequestLayout.control(request);
            if (near == null || flow.state() != RTS || SendSlotLayout.kind(control) != WRITE
                || !pushWrite(flow, near, control, PlainRequestLayout.address(request),
                    PlainRequestLayout.lkey(request), PlainRequestLayout.remoteAddress(request),
                    PlainRequestLayout.rkey(request))) {
                return i;
            }
            complete(flow, self, control, first + i);
            request += PlainRequestLayout.BYTES;
        }
        return end;
    }

    private boolean pushWrite(final SendFlow flow, final ReceiveFlow near, final long control, final long address,
        final int lkey, final long remoteAddress, final int rkey) {
        final int length = SendSlotLayout.messageLength(control);
        final MemoryEntry entry = memory.source(flow, lkey, address, length);
        return entry != null && receiveSide.writeAgain(
            near, rkey, remoteAddress, entry, LocalMemory.offset(entry, lkey, address), length);
    }

    private boolean pushSend(
        final SendFlow flow, final ReceiveFlow near, final long control, final long address, final int lkey) {
        if (!near.carriesMessages()) {
            return false;
        }
        receiveSide.expectSend(near);
        final int length = SendSlotLayout.messageLength(control);
        final MemoryEntry entry = memory.source(flow, lkey, address, length);
        return entry != null && receiveSide.shortMessages().leaveOne(
            near, entry, LocalMemory.offset(entry, lkey, address), length);
    }

    /** A Send is to come: asks for the line that its completion goes to, if the peer is near. */
    void expectSend(final SendFlow flow) {
        final DirectLink link = flow.direct;
        if (link != null && flow.state() == RTS) {
            expectSend(flow, link);
        }
    }

    private void expectSend(final SendFlow flow, final DirectLink link) {
        final ReceiveFlow near = flow.near;
        if (near == null) {
            link.expectSend();
        } else {
            receiveSide.expectSend(near);
        }
    }

    /** The same if what is taken next is a Send; the caller holds the send side's lock. */
    void expectNext(final SendFlow flow) {
        if (flow.direct != null && flow.hasWork()
            && SendSlotLayout.opcode(Words.getLong(flow.slots + flow.slot() + SendSlotLayout.CONTROL)) == SEND) {
            expectSend(flow);
        }
    }

    /** Completes what is answered over a stream; the caller holds the send side's lock. */
    void completeAnswered(final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        streams.completeAnswered(queuePair, stream, self, queuePair.stateCode());
    }

    private int execute(final SendFlow flow, final DirectLink link, final EngineThread self, final int slot,
        final long control) {
        final int kind = SendSlotLayout.kind(control);
        if (kind == WRITE) {
            return SendSlotLayout.isOnePiece(control) ? writeOne(flow, link, slot)
                : message(flow.queuePair, link, self, slot, control, WRITE, true);
        }
        if (kind == SEND) {
            expectSend(flow, link); // the first of a post for the second time: who polls may have taken the line back
            return SendSlotLayout.isOnePiece(control) ? sendOne(flow, link, slot, true)
                : message(flow.queuePair, link, self, slot, control, SEND, true);
        }
        return kind == READ ? read(flow.queuePair, link, slot, control)
            : others.execute(flow.queuePair, link, self, slot, control);
    }

    /**
     * Delivers the bytes of a request.
     *
     * @param opcode how: SEND or WRITE
     * @param whole  whether that is all of the request, so that the last piece ends the message
     */
    int message(final QueuePairContext queuePair, final DirectLink link, final EngineThread self, final int slot,
        final long control, final int opcode, final boolean whole) {
        if (SendSlotLayout.isInline(control)) {
            return deliver(queuePair.send, link, slot, opcode, 0, queuePair.send.segment,
                slot + SendSlotLayout.PAYLOAD, SendSlotLayout.messageLength(control), whole);
        }
        if (!SendSlotLayout.isOnePiece(control)) {
            return gather(queuePair, self, slot, control)
                ? deliverPieces(queuePair.send, link, self, slot, opcode, whole) : Terminate.LOCAL_FAULT;
        }
        return opcode == SEND ? sendOne(queuePair.send, link, slot, whole) : writeOne(queuePair.send, link, slot);
    }

    /*
     * The usual case: one piece. Sends and Writes each have a method of their own, with all that follows: a compiler
     * that has seen one of them first would leave the other out of what it puts together for both.
     */

    private int sendOne(final SendFlow flow, final DirectLink link, final int slot, final boolean whole) {
        final int sge = SendSlotLayout.sge(slot, 0);
        final long extent = Words.getLong(flow.slots + sge + SgeLayout.EXTENT);
        final int length = SgeLayout.length(extent);
        if (length == 0) {
            return link.send(flow.segment, 0, 0, 0, whole);
        }
        final int lkey = SgeLayout.lkey(extent);
        final long address = Words.getLong(flow.slots + sge + SgeLayout.ADDRESS);
        final MemoryEntry entry = memory.source(flow, lkey, address, length);
        if (entry == null) {
            return Terminate.LOCAL_FAULT;
        }
        final long offset = LocalMemory.offset(entry, lkey, address);
        final ReceiveFlow near = flow.near;
        return near == null ? link.send(entry.segment(), offset, length, 0, whole)
            : receiveSide.send(near, entry.segment(), offset, length, 0, whole);
    }

    private int writeOne(final SendFlow flow, final DirectLink link, final int slot) {
        final int rkey = Words.getInt(flow.slots + slot + SendSlotLayout.RKEY);
        final long remoteAddress = Words.getLong(flow.slots + slot + SendSlotLayout.REMOTE_ADDRESS);
        final int sge = SendSlotLayout.sge(slot, 0);
        final long extent = Words.getLong(flow.slots + sge + SgeLayout.EXTENT);
        final int length = SgeLayout.length(extent);
        if (length == 0) {
            return link.write(rkey, remoteAddress, flow.segment, 0, 0);
        }
        final int lkey = SgeLayout.lkey(extent);
        final long address = Words.getLong(flow.slots + sge + SgeLayout.ADDRESS);
        final MemoryEntry entry = memory.source(flow, lkey, address, length);
        if (entry == null) {
            return Terminate.LOCAL_FAULT;
        }
        final long offset = LocalMemory.offset(entry, lkey, address);
        final ReceiveFlow near = flow.near;
        return near == null ? link.write(rkey, remoteAddress, entry.segment(), offset, length)
            : receiveSide.write(near, rkey, remoteAddress, entry.segment(), offset, length);
    }

    int read(final QueuePairContext queuePair, final DirectLink link, final int slot, final long control) {
        if (queuePair.reads().ord() == 0) {
            return Terminate.NO_READS;
        }
        final long slots = queuePair.send.slots;
        final int length = SendSlotLayout.messageLength(control);
        final int sge = SendSlotLayout.sge(slot, 0);
        // A Read of nothing has no sink, and needs no valid key (RFC 5040 §5.3).
        final long sinkAddress = length == 0 ? 0 : Words.getLong(slots + sge + SgeLayout.ADDRESS);
        final int sinkStag = length == 0 ? 0 : SgeLayout.lkey(Words.getLong(slots + sge + SgeLayout.EXTENT));
        if (length != 0 && memory.find(queuePair, sinkStag, LOCAL_WRITE, sinkAddress, length) == null) {
            return Terminate.LOCAL_FAULT;
        }
        return link.read(sinkStag, sinkAddress, length, Words.getInt(slots + slot + SendSlotLayout.RKEY),
            Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS));
    }

    /** Checks all pieces before the first byte leaves: a request with a bad piece sends nothing. */
    boolean gather(
        final QueuePairContext queuePair, final EngineThread self, final int slot, final long control) {
        final long slots = queuePair.send.slots;
        final int count = SendSlotLayout.sgeCount(control);
        self.pieces = 0;
        for (int i = 0; i < count; i++) {
            final int sge = SendSlotLayout.sge(slot, i);
            final long extent = Words.getLong(slots + sge + SgeLayout.EXTENT);
            final int length = SgeLayout.length(extent);
            if (length == 0) {
                continue;
            }
            final long address = Words.getLong(slots + sge + SgeLayout.ADDRESS);
            final int lkey = SgeLayout.lkey(extent);
            final MemoryEntry entry = memory.find(queuePair, lkey, LOCAL_READ, address, length);
            if (entry == null) {
                return false;
            }
            self.addPiece(entry, LocalMemory.offset(entry, lkey, address), length);
        }
        return true;
    }

    private static int deliverPieces(
        final SendFlow flow, final DirectLink link, final EngineThread self, final int slot, final int opcode,
        final boolean whole) {
        if (self.pieces == 0) {
            return deliver(flow, link, slot, opcode, 0, flow.segment, 0, 0, whole);
        }
        int messageOffset = 0;
        for (int i = 0; i < self.pieces; i++) {
            final int result = deliver(flow, link, slot, opcode, messageOffset,
                Objects.requireNonNull(self.entries[i]).segment(), self.offsets[i], self.lengths[i],
                whole && i == self.pieces - 1);
            if (result != Terminate.NONE) {
                return result;
            }
            messageOffset += self.lengths[i];
        }
        return Terminate.NONE;
    }

    private static int deliver(final SendFlow flow, final DirectLink link, final int slot, final int opcode,
        final int messageOffset, final MemorySegment source, final long sourceOffset, final int length,
        final boolean last) {
        if (opcode == SEND) {
            return link.send(source, sourceOffset, length, messageOffset, last);
        }
        return link.write(Words.getInt(flow.slots + slot + SendSlotLayout.RKEY),
            Words.getLong(flow.slots + slot + SendSlotLayout.REMOTE_ADDRESS) + messageOffset, source, sourceOffset,
            length);
    }

    /** Completes a request that was done; {@code number} counts them from 0. */
    void complete(final SendFlow flow, final EngineThread self, final long control, final long number) {
        count(flow, SendSlotLayout.opcode(control), SendSlotLayout.messageLength(control));
        if (SendSlotLayout.isSignalled(control)) {
            report(flow, self, control, number, Terminate.NONE);
        }
    }

    private static void count(final SendFlow flow, final int opcode, final int length) {
        if (opcode == SEND) {
            flow.untagged++;
            flow.untaggedBytes += length;
        } else if (opcode == WRITE) {
            flow.writes++;
            flow.writeBytes += length;
        } else if (opcode == READ) {
            flow.reads++;
            flow.readBytes += length;
        } else {
            OtherRequests.count(flow, opcode, length);
        }
    }

    /**
     * First both sides go to ERROR, then the completion tells of it; the rest of this queue is flushed behind it.
     */
    void completeInError(final QueuePairContext queuePair, final EngineThread self, final int slot,
        final long control, final int result) {
        final Counters counters = queuePair.send.seldom;
        if (result == Terminate.CONNECTION_LOST) {
            counters.flushed++;
        } else {
            counters.errors++;
            faults.note(queuePair, slot, completionOpcode(SendSlotLayout.opcode(control)), result);
        }
        engine.fail(queuePair, self);
        report(queuePair.send, self, control, queuePair.send.taken - 1, result);
    }

    /** Notes that the memory of a message is gone that was taken for sent, and that nobody else is to blame. */
    void noteGone(final QueuePairContext queuePair) {
        final SendFlow flow = queuePair.send;
        final int slot = flow.slot(flow.taken - 1);
        faults.note(queuePair, slot, completionOpcode(
            SendSlotLayout.opcode(Words.getLong(flow.slots + slot + SendSlotLayout.CONTROL))), Terminate.LOCAL_FAULT);
    }

    /** Makes the completion of a request. */
    void report(final SendFlow flow, final EngineThread self, final long control, final long number,
        final int result) {
        final boolean reported = flow.completions.push(
            completionOpcode(SendSlotLayout.opcode(control)), Terminate.status(result),
            SendSlotLayout.messageLength(control), flow.number, (int) number, Terminate.vendorError(result));
        if (!reported) {
            flow.queuePair.note(Fault.of(Fault.overrun(flow.completions),
                completionOpcode(SendSlotLayout.opcode(control)), number, 0, 0));
            engine.fail(flow.queuePair, self);
        }
    }

    static CompletionOpcode completionOpcode(final int opcode) {
        if (opcode == SEND) {
            return CompletionOpcode.SEND;
        }
        if (opcode == WRITE) {
            return CompletionOpcode.RDMA_WRITE;
        }
        return opcode == READ ? CompletionOpcode.RDMA_READ : OtherRequests.completionOpcode(opcode);
    }
}
