package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.ImmediateData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the send side does for queue pairs whose link is a stream: cuts messages into segments, goes on with a message
 * where the stream had no room for more, keeps Reads and atomics outstanding, answers the peer's, and completes in the
 * order of the queue.
 *
 * <pre>
 *   completed  &lt;=  taken  &lt;=  posted
 *             |          |
 *             |          +-- sent next, or half sent
 *             +-- the oldest Read that is not answered, and what is sent behind it
 * </pre>
 *
 * <p>A Send or Write is done when the stream has its bytes, as iWARP has it: what the peer refuses then comes as a
 * Terminate. No memory of the application is looked at afterwards.
 */
final class StreamSends {
    private static final int RTS = QueuePairState.RTS.code();
    private static final int SQD = QueuePairState.SQD.code();
    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();

    private final Engine engine;
    private final LocalMemory memory;
    private final SendSide sender;
    private final OtherRequests others;
    private final StreamAnswers answers;

    StreamSends(final Engine engine, final LocalMemory memory, final SendSide sender, final OtherRequests others) {
        this.engine = engine;
        this.memory = memory;
        this.sender = sender;
        this.others = others;
        answers = new StreamAnswers(engine, sender);
    }

    /** As {@link SendSide#drain}. */
    boolean drain(final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        final long posted = queuePair.send.posted();
        stream.stalled = false;
        stream.answeredBytes = 0;
        try {
            for (int done = 0; done < SendSide.BATCH; done++) {
                final int state = queuePair.stateCode();
                completeAnswered(queuePair, stream, self, state);
                if (state == ERROR) {
                    flush(stream); // before the application hears that its memory is its own again
                    if (stream.completed == posted || isAbandoned(queuePair, stream, self)) {
                        return false;
                    }
                    flushOne(queuePair, stream, self);
                } else if ((state != RTS && state != SQD) || !next(queuePair, stream, self, posted, state)) {
                    return false;
                }
            }
            if (stream.answers.isWaiting()) {
                stream.link.later(); // a NIC with a thread of its own comes back for what is posted alone
            }
            return true;
        } finally {
            flush(stream);
        }
    }

    /**
     * Lets leave what was held back for what follows. If memory of it is gone, of an arena that the application closed
     * just now, a message is lost that was taken for sent: the one that follows fails, for none may leave behind it.
     */
    private static void flush(final StreamState stream) {
        if (stream.link.flush() == Terminate.LOCAL_FAULT) {
            stream.failure = Terminate.LOCAL_FAULT;
        }
    }

    /**
     * Before the first Read is flushed: waits until the connection's thread is not in the middle of placing its answer,
     * for the memory is the application's again.
     */
    private boolean isAbandoned(
        final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        return !stream.flushing && stream.hasRead(queuePair.send.taken)
            && engine.awaitRevocation(queuePair, self) == Terminate.ABANDONED;
    }

    /** Does what is next; false if there is nothing, or it has to wait. */
    private boolean next(final QueuePairContext queuePair, final StreamState stream, final EngineThread self,
        final long posted, final int state) {
        tellDrained(queuePair, stream);
        final boolean requesting = stream.inMessage || (queuePair.send.taken != posted && state == RTS);
        final boolean answering = !stream.inMessage && stream.answers.isWaiting() && !(requesting && stream.answered);
        if (!answering && !requesting) {
            return false;
        }
        if (!stream.link.isReady()) {
            stream.stalled = true;
            return false;
        }
        final int result = answering ? answers.answer(queuePair, stream, self) : request(queuePair, stream, self);
        // By turns, so that a peer that reads and reads holds nothing up; an answer that is half sent goes on first.
        stream.answered = answering && result == Terminate.NONE;
        final boolean later = result == Terminate.LATER;
        if (later && !answering && !stream.inMessage && stream.answers.isWaiting()) {
            return true; // the request waits; an answer need not
        }
        stream.stalled = later;
        return result == Terminate.NONE;
    }

    private static void tellDrained(final QueuePairContext queuePair, final StreamState stream) {
        if (stream.drainAsked && stream.isQuiet(queuePair.send.taken) && queuePair.stateCode() == SQD) {
            stream.drainAsked = false;
            flush(stream);
            queuePair.events.post(AsyncEventType.SQ_DRAINED, queuePair.number);
        }
    }

    /** Does the next request, or goes on with it. */
    private int request(final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        final SendFlow flow = queuePair.send;
        final int slot = flow.slot();
        final long control = Words.getLong(flow.slots + slot + SendSlotLayout.CONTROL);
        int result = stream.failure == Terminate.NONE
            ? execute(queuePair, stream, self, slot, control) : stream.failure;
        if (result != Terminate.NONE && result != Terminate.LATER && result != Terminate.ABANDONED
            && stream.completed != flow.taken) {
            stream.failure = result;
            result = Terminate.LATER; // it fails when those before it have completed
        }
        if (result == Terminate.LATER) {
            return result;
        }
        stream.endMessage();
        flow.taken++;
        if (result == Terminate.NONE) {
            completeAnswered(queuePair, stream, self);
        } else if (result != Terminate.ABANDONED) {
            stream.completed = flow.taken;
            stream.link.flush(); // what was done before it is not lost with the connection
            noteLoss(queuePair, stream, result);
            sender.completeInError(queuePair, self, slot, control, result);
            return Terminate.NONE; // the rest is flushed
        }
        return result;
    }

    /** A write may find out that the peer is gone before the connection's thread does. */
    static void noteLoss(final QueuePairContext queuePair, final StreamState stream, final int result) {
        if (result == Terminate.CONNECTION_LOST) {
            queuePair.note(stream.loss());
        }
    }

    private int execute(final QueuePairContext queuePair, final StreamState stream, final EngineThread self,
        final int slot, final long control) {
        if (SendSlotLayout.isFenced(control) && !stream.inMessage && stream.reads.count() != 0) {
            return Terminate.LATER;
        }
        final boolean solicited = SendSlotLayout.isSolicited(control);
        return switch (Opcode.of(SendSlotLayout.opcode(control))) {
            case null -> Terminate.OPCODE_FAULT;
            case SEND -> message(queuePair, stream, self, slot, control, RdmapOpcode.send(false, solicited), 0);
            case SEND_WITH_INVALIDATE -> message(queuePair, stream, self, slot, control,
                RdmapOpcode.send(true, solicited), Words.getInt(queuePair.send.slots + slot + SendSlotLayout.RKEY));
            case SEND_WITH_IMMEDIATE -> Terminate.OPCODE_FAULT; // iWARP has no message for it (RFC 7306 §6)
            case RDMA_WRITE -> message(queuePair, stream, self, slot, control, RdmapOpcode.WRITE, 0);
            case RDMA_WRITE_WITH_IMMEDIATE -> writeWithImmediate(queuePair, stream, self, slot, control);
            case RDMA_READ -> read(queuePair, stream, slot, control);
            case ATOMIC_COMPARE_AND_SWAP -> atomic(queuePair, stream, slot, true);
            case ATOMIC_FETCH_AND_ADD -> atomic(queuePair, stream, slot, false);
            case LOCAL_INVALIDATE -> mayRevoke(queuePair, stream)
                ? others.invalidate(queuePair, self, slot) : Terminate.LATER;
            case BIND_MEMORY_WINDOW -> mayRevoke(queuePair, stream)
                ? others.bind(queuePair, self, slot) : Terminate.LATER;
        };
    }

    /**
     * Whether an STag may be made invalid: done once and for all, so only when that may complete. The wait for those
     * who use it does not wait for this thread: nothing may be held back meanwhile whose memory is yet to be read.
     */
    private static boolean mayRevoke(final QueuePairContext queuePair, final StreamState stream) {
        if (!stream.isQuiet(queuePair.send.taken)) {
            return false;
        }
        flush(stream);
        return true;
    }

    private int message(final QueuePairContext queuePair, final StreamState stream, final EngineThread self,
        final int slot, final long control, final int opcode, final int invalidated) {
        final boolean isInline = SendSlotLayout.isInline(control);
        if (!isInline && !sender.gather(queuePair, self, slot, control)) {
            return Terminate.LOCAL_FAULT;
        }
        final long total = isInline ? SendSlotLayout.messageLength(control) : self.gathered();
        if (total > Integer.MAX_VALUE || stream.sent > total) {
            return Terminate.LOCAL_FAULT; // the slot is the application's: it may have changed meanwhile
        }
        if (!isInline) {
            self.skip(stream.sent);
        }
        final boolean tagged = RdmapOpcode.isTagged(opcode);
        final int result = segments(queuePair, stream, self, slot, isInline, opcode, invalidated, (int) total,
            tagged ? stream.link.maxTagged() : stream.link.maxUntagged());
        if (result == Terminate.NONE && !tagged) {
            stream.sendMsn++;
        }
        return result;
    }

    private static int segments(final QueuePairContext queuePair, final StreamState stream, final EngineThread self,
        final int slot, final boolean isInline, final int opcode, final int invalidated, final int total,
        final int max) {
        final StreamLink link = stream.link;
        final long slots = queuePair.send.slots;
        final boolean followed = isFollowed(queuePair.send);
        do {
            if (!link.isReady()) {
                return Terminate.LATER;
            }
            final int length = Math.min(total - stream.sent, max);
            final boolean last = stream.sent + length == total;
            if (RdmapOpcode.isTagged(opcode)) {
                link.tagged(opcode, Words.getInt(slots + slot + SendSlotLayout.RKEY),
                    Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS) + stream.sent, length, last);
            } else {
                link.untagged(opcode, invalidated, stream.sendMsn, stream.sent, length, last);
            }
            int result = isInline
                ? link.payload(queuePair.send.segment, slot + SendSlotLayout.PAYLOAD + stream.sent, length)
                : gathered(link, self, length);
            result = end(link, result, !last || followed);
            if (result != Terminate.NONE) {
                return result;
            }
            stream.inMessage = true;
            stream.sent += length;
        } while (stream.sent < total);
        return Terminate.NONE;
    }

    /**
     * Whether immediate data comes behind this message, or another message is posted behind it and nothing is told of
     * this one: then they leave together. An application that turns that message into something else meanwhile harms
     * itself alone.
     */
    private static boolean isFollowed(final SendFlow flow) {
        final long control = Words.getLong(flow.slots + flow.slot() + SendSlotLayout.CONTROL);
        if (Opcode.of(SendSlotLayout.opcode(control)) == Opcode.RDMA_WRITE_WITH_IMMEDIATE) {
            return true;
        }
        final long next = flow.taken + 1;
        return !SendSlotLayout.isSignalled(control) && next != flow.posted()
            && isMessage(Words.getLong(flow.slots + flow.slot(next) + SendSlotLayout.CONTROL));
    }

    private static int gathered(final StreamLink link, final EngineThread self, final int length) {
        int left = length;
        while (left > 0) {
            final MemoryEntry entry = Objects.requireNonNull(self.entries[self.piece]);
            final int bytes = Math.min(left, self.lengths[self.piece] - self.pieceUsed);
            final int result = link.payload(entry.segment(), self.offsets[self.piece] + self.pieceUsed, bytes);
            if (result != Terminate.NONE) {
                return result;
            }
            self.skip(bytes);
            left -= bytes;
        }
        return Terminate.NONE;
    }

    static int end(final StreamLink link, final int result, final boolean follows) {
        if (result == Terminate.NONE) {
            return link.end(follows);
        }
        link.abandon();
        return result;
    }

    /** Two messages: the Write, then its immediate data (RFC 7306 §6.2). */
    private int writeWithImmediate(final QueuePairContext queuePair, final StreamState stream,
        final EngineThread self, final int slot, final long control) {
        if (!stream.payloadSent) {
            final int result = message(queuePair, stream, self, slot, control, RdmapOpcode.WRITE, 0);
            if (result != Terminate.NONE) {
                return result;
            }
            stream.payloadSent = true;
        }
        if (!stream.link.isReady()) {
            return Terminate.LATER;
        }
        ImmediateData.write(stream.header, 0, Words.getLong(queuePair.send.slots + slot + SendSlotLayout.IMMEDIATE));
        final int result = sendHeader(stream, SendSlotLayout.isSolicited(control) ? RdmapOpcode.IMMEDIATE_SOLICITED
            : RdmapOpcode.IMMEDIATE, stream.sendMsn, ImmediateData.LENGTH);
        if (result == Terminate.NONE) {
            stream.sendMsn++;
        }
        return result;
    }

    /** Sends a message that is all header. */
    static int sendHeader(final StreamState stream, final int opcode, final int msn, final int length) {
        stream.link.untagged(opcode, 0, msn, 0, length, true);
        return end(stream.link, stream.link.payload(stream.header, 0, length), false);
    }

    private int read(
        final QueuePairContext queuePair, final StreamState stream, final int slot, final long control) {
        final long slots = queuePair.send.slots;
        final int length = SendSlotLayout.messageLength(control);
        final int sge = SendSlotLayout.sge(slot, 0);
        final long sinkAddress = length == 0 ? 0 : Words.getLong(slots + sge + SgeLayout.ADDRESS);
        final int sinkKey = length == 0 ? 0 : SgeLayout.lkey(Words.getLong(slots + sge + SgeLayout.EXTENT));
        final int result = checkRead(queuePair, stream, sinkKey, sinkAddress, length);
        if (result != Terminate.NONE) {
            return result;
        }
        ReadRequestHeader.write(stream.header, 0, sinkKey, sinkAddress, length,
            Words.getInt(slots + slot + SendSlotLayout.RKEY),
            Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS));
        return ask(stream, RdmapOpcode.READ_REQUEST, sinkKey, sinkAddress, length, ReadRequestHeader.LENGTH);
    }

    private int atomic(
        final QueuePairContext queuePair, final StreamState stream, final int slot, final boolean swaps) {
        final long slots = queuePair.send.slots;
        final int sge = SendSlotLayout.sge(slot, 0);
        final long sinkAddress = Words.getLong(slots + sge + SgeLayout.ADDRESS);
        final int sinkKey = SgeLayout.lkey(Words.getLong(slots + sge + SgeLayout.EXTENT));
        final int result = checkRead(queuePair, stream, sinkKey, sinkAddress, Long.BYTES);
        if (result != Terminate.NONE) {
            return result;
        }
        final int stag = Words.getInt(slots + slot + SendSlotLayout.RKEY);
        final long taggedOffset = Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS);
        final long operand = Words.getLong(slots + slot + SendSlotLayout.OPERAND);
        if (swaps) {
            AtomicRequestHeader.writeCompareSwap(stream.header, 0, stream.reads.nextMsn(), stag, taggedOffset,
                Words.getLong(slots + slot + SendSlotLayout.COMPARAND), operand);
        } else {
            AtomicRequestHeader.writeFetchAdd(
                stream.header, 0, stream.reads.nextMsn(), stag, taggedOffset, operand);
        }
        return ask(stream, RdmapOpcode.ATOMIC_REQUEST, sinkKey, sinkAddress, Long.BYTES, AtomicRequestHeader.LENGTH);
    }

    /** The place for the answer is checked before the request leaves, and again when the answer comes. */
    private int checkRead(final QueuePairContext queuePair, final StreamState stream, final int sinkKey,
        final long sinkAddress, final int length) {
        final int ord = queuePair.reads().ord();
        if (ord == 0) {
            return Terminate.NO_READS;
        }
        if (stream.reads.count() >= ord || stream.reads.isFull()) {
            return Terminate.LATER;
        }
        return length == 0 || memory.find(queuePair, sinkKey, LOCAL_WRITE, sinkAddress, length) != null
            ? Terminate.NONE : Terminate.LOCAL_FAULT;
    }

    private static int ask(final StreamState stream, final int opcode, final int sinkKey, final long sinkAddress,
        final int length, final int headerLength) {
        final int msn = stream.reads.nextMsn();
        stream.reads.add(opcode == RdmapOpcode.ATOMIC_REQUEST, sinkKey, sinkAddress, length);
        return sendHeader(stream, opcode, msn, headerLength);
    }

    /** Completes what was sent, up to the oldest Read that is not answered. */
    private void completeAnswered(
        final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        final SendFlow flow = queuePair.send;
        while (stream.completed != flow.taken) {
            final long control = Words.getLong(flow.slots + flow.slot(stream.completed) + SendSlotLayout.CONTROL);
            if (isRead(control)) {
                if (!stream.reads.isAnswered()) {
                    return;
                }
                stream.reads.retire();
            }
            sender.complete(flow, self, control, stream.completed++);
        }
    }

    /**
     * The same in that state. A queue pair that is reset reports nothing: whoever resets it waits for the work that saw
     * another state, and forgets what was reported until then.
     */
    void completeAnswered(
        final QueuePairContext queuePair, final StreamState stream, final EngineThread self, final int state) {
        if (!stream.flushing && (state == RTS || state == SQD || state == ERROR)) {
            completeAnswered(queuePair, stream, self);
        }
    }

    /** Whether an answer is waited for; an application that changes a slot behind the NIC's back harms itself alone. */
    private static boolean isRead(final long control) {
        return switch (Opcode.of(SendSlotLayout.opcode(control))) {
            case RDMA_READ, ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD -> true;
            case null, default -> false;
        };
    }

    /** The oldest request ends in error: by what the peer said, if it was that one, or flushed. */
    private void flushOne(final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        final SendFlow flow = queuePair.send;
        stream.flushing = true;
        final long number = stream.completed++;
        final long control = Words.getLong(flow.slots + flow.slot(number) + SendSlotLayout.CONTROL);
        final boolean isBlamed = stream.blame != Terminate.NONE
            && (number < flow.taken ? isRead(control) : number == flow.taken && stream.inMessage);
        final int result = isBlamed ? stream.blame : Terminate.CONNECTION_LOST;
        if (isBlamed) {
            stream.blame = Terminate.NONE;
            flow.seldom.errors++;
        } else {
            flow.seldom.flushed++;
        }
        flow.taken = Math.max(flow.taken, stream.completed);
        sender.report(flow, self, control, number, result);
    }

    /** The number of the request that {@link StreamState#blame} falls on, {@link Fault#NO_SLOT} if there is none. */
    static long blamed(final QueuePairContext queuePair, final StreamState stream) {
        final long taken = queuePair.send.taken;
        return stream.hasRead(taken) ? stream.completed : stream.inMessage ? taken : Fault.NO_SLOT;
    }

    /**
     * Which request was the message of that number in its queue, {@link Fault#NO_SLOT} if its place is used again. Goes
     * back from the last one: what the application posts meanwhile is written over the oldest ones.
     */
    static long numberOf(final QueuePairContext queuePair, final StreamState stream, final int msn) {
        final SendFlow flow = queuePair.send;
        int back = stream.sendMsn - msn;
        if (back == 0 && stream.inMessage) {
            return flow.taken;
        }
        for (long number = flow.taken - 1; back > 0 && number >= flow.oldest(); number--) {
            back -= isUntagged(Words.getLong(flow.slots + flow.slot(number) + SendSlotLayout.CONTROL)) ? 1 : 0;
            if (back == 0) {
                return number;
            }
        }
        return Fault.NO_SLOT;
    }

    private static boolean isMessage(final long control) {
        return Opcode.of(SendSlotLayout.opcode(control)) == Opcode.RDMA_WRITE || isUntagged(control);
    }

    /** Whether a message of it counts in the queue of Sends. */
    private static boolean isUntagged(final long control) {
        return switch (Opcode.of(SendSlotLayout.opcode(control))) {
            case SEND, SEND_WITH_INVALIDATE, RDMA_WRITE_WITH_IMMEDIATE -> true;
            case null, default -> false;
        };
    }

    /** What the request with that number asks for, null without a number. */
    static @Nullable CompletionOpcode operation(final QueuePairContext queuePair, final long number) {
        final SendFlow flow = queuePair.send;
        return number == Fault.NO_SLOT ? null : SendSide.completionOpcode(
            SendSlotLayout.opcode(Words.getLong(flow.slots + flow.slot(number) + SendSlotLayout.CONTROL)));
    }
}
