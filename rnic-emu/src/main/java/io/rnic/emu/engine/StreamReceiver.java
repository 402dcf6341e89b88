package io.rnic.emu.engine;

import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.ImmediateData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the segments of DDP that arrive by a stream, in their order, and hands their bytes to the one placement.
 * Belongs to the connection's thread, inside {@link Engine#arrived}. Nothing of a segment is believed before it is
 * checked.
 *
 * <pre>
 *   begin -- payload, payload ... -- end        each comes back with NONE, or with a reason to call fail
 * </pre>
 */
public final class StreamReceiver {
    /** {@link #begin} sees so many bytes of a ULPDU in one piece, or all if there are fewer. */
    public static final int HEAD_BYTES = DdpHeader.UNTAGGED_LENGTH + AtomicRequestHeader.LENGTH;

    private static final int NO_SEND = -1;

    private final Engine engine;
    private final ReceiveSide placement;
    private final QueuePairContext queuePair;
    private final StreamState stream;
    /** The header of the ULPDU, for a Terminate that it leads to. */
    private final MemorySegment head = Arena.ofAuto().allocate(HEAD_BYTES);

    private int ulpduLength;
    private int headerBytes;
    private int opcode;
    private boolean last;
    /** Of a Write: whose memory, and where the next byte goes. */
    private int stag;
    private long taggedOffset;
    /** Bytes of the segment's payload that have not come. */
    private int left;
    /** Bytes that came of the Send that is being received, and of the last Write. */
    private int received;
    private boolean inSend;
    /** The opcode of the Send that is begun and not ended, which is that of all its segments; else {@link #NO_SEND}. */
    private int sendOpcode = NO_SEND;
    private int written;
    private boolean inWrite;
    /** Numbers of the messages that are expected next, by queue. */
    private int sendMsn = 1;
    private int readMsn = 1;
    private int atomicResponseMsn = 1;

    private boolean hasWork;
    private @Nullable StreamEnd end;

    /** What arrives for a queue pair that is connected by a {@link StreamLink}. */
    public StreamReceiver(final Engine engine, final QueuePairContext queuePair) {
        this.engine = engine;
        this.placement = engine.receiveSide();
        this.queuePair = queuePair;
        stream = Objects.requireNonNull(queuePair.stream);
        stream.receiver = this;
    }

    /** Whether the queue pair still has this connection. */
    boolean isCurrent() {
        return queuePair.stream == stream;
    }

    /** Whether the send side has something to do since this was asked last. */
    boolean takeWork() {
        final boolean had = hasWork;
        hasWork = false;
        return had;
    }

    /** How the connection ended, if it did by what arrived; told once. */
    @Nullable StreamEnd takeEnd() {
        final StreamEnd ended = end;
        end = null;
        return ended;
    }

    /**
     * This side is about to end the connection, for its peer took too long; any thread.
     *
     * @param waited    what it was waited for
     * @param timeoutMs for how long
     */
    public void giveUp(final Check waited, final int timeoutMs) {
        stream.givenUp = Fault.timeout(waited, timeoutMs);
    }

    /** Whether a Send or Write is begun and not ended; for the connection's thread. */
    public boolean isInMessage() {
        return sendOpcode != NO_SEND || inWrite;
    }

    /** Which of this side's Reads and atomics the peer has to answer next, counted from 1; 0 if none. Any thread. */
    public long owed() {
        return stream.reads.owed();
    }

    /** How many bytes {@link #begin} has taken of the ULPDU; what follows is payload. */
    public int headerBytes() {
        return headerBytes;
    }

    /**
     * Begins a segment.
     *
     * @param bytes  hold its first {@link #HEAD_BYTES} bytes, or all
     * @param offset where it begins
     * @param length the ULPDU's bytes
     */
    public int begin(final MemorySegment bytes, final long offset, final int length) {
        ulpduLength = length;
        MemorySegment.copy(bytes, offset, head, 0, Math.min(length, HEAD_BYTES));
        final int refused = DdpHeader.check(head, 0, length);
        if (refused != TerminateCode.NONE) {
            return refused;
        }
        opcode = DdpHeader.opcode(head, 0);
        last = DdpHeader.isLast(head, 0);
        headerBytes = DdpHeader.length(head, 0);
        left = length - headerBytes;
        return switch (opcode) {
            case RdmapOpcode.WRITE -> beginWrite();
            case RdmapOpcode.READ_RESPONSE -> beginReadResponse();
            case RdmapOpcode.SEND, RdmapOpcode.SEND_INVALIDATE, RdmapOpcode.SEND_SOLICITED,
                RdmapOpcode.SEND_SOLICITED_INVALIDATE -> beginSend();
            default -> {
                headerBytes = Math.min(length, HEAD_BYTES);
                yield message();
            }
        };
    }

    private int beginWrite() {
        stag = DdpHeader.stag(head, 0);
        taggedOffset = DdpHeader.taggedOffset(head, 0);
        written = (int) Math.min(Integer.MAX_VALUE, (inWrite ? (long) written : 0) + left);
        inWrite = !last;
        return left == 0 ? Terminate.NONE : placement.admitWrite(queuePair, stag, taggedOffset, left);
    }

    private int beginReadResponse() {
        final OutstandingReads reads = stream.reads;
        if (!reads.isWaiting() || reads.isAtomic()) {
            return TerminateCode.DDP_LOCAL_CATASTROPHIC;
        }
        if (DdpHeader.stag(head, 0) != reads.sinkKey()) {
            return TerminateCode.TAGGED_STAG;
        }
        final int rest = reads.length() - reads.received();
        final boolean fits = DdpHeader.taggedOffset(head, 0) == reads.sinkAddress() + reads.received()
            && left <= rest && last == (left == rest);
        return fits ? Terminate.NONE : TerminateCode.TAGGED_BOUNDS;
    }

    private int beginSend() {
        if (DdpHeader.msn(head, 0) != sendMsn || (sendOpcode != NO_SEND && opcode != sendOpcode)) {
            return TerminateCode.MSN_RANGE; // another opcode begins another message (RFC 5040 §5.1), which is not due
        }
        if (DdpHeader.messageOffset(head, 0) != received) {
            return TerminateCode.MESSAGE_OFFSET;
        }
        sendOpcode = opcode;
        return received > Integer.MAX_VALUE - left ? TerminateCode.MESSAGE_TOO_LONG : Terminate.NONE;
    }

    /** A message that is all header. */
    private int message() {
        final int msn = DdpHeader.msn(head, 0);
        return switch (opcode) {
            case RdmapOpcode.READ_REQUEST -> msn == readMsn ? readRequest() : TerminateCode.MSN_RANGE;
            case RdmapOpcode.ATOMIC_REQUEST -> msn == readMsn ? atomicRequest() : TerminateCode.MSN_RANGE;
            case RdmapOpcode.ATOMIC_RESPONSE ->
                msn == atomicResponseMsn ? atomicResponse() : TerminateCode.MSN_RANGE;
            case RdmapOpcode.IMMEDIATE, RdmapOpcode.IMMEDIATE_SOLICITED ->
                msn == sendMsn && sendOpcode == NO_SEND ? immediate() : TerminateCode.MSN_RANGE;
            default -> msn == 1 ? Terminate.NONE : TerminateCode.MSN_RANGE; // a connection has one Terminate
        };
    }

    private int readRequest() {
        if (!stream.answers.hasRoom(queuePair.reads().ird())) {
            return TerminateCode.STREAM_CATASTROPHIC;
        }
        final long at = DdpHeader.UNTAGGED_LENGTH;
        final long size = ReadRequestHeader.size(head, at);
        if (size > Integer.MAX_VALUE) {
            return TerminateCode.REMOTE_BOUNDS;
        }
        final PendingAnswers.Request request = stream.answers.next();
        request.opcode = opcode;
        request.msn = readMsn++;
        request.sinkStag = ReadRequestHeader.sinkStag(head, at);
        request.sinkOffset = ReadRequestHeader.sinkTaggedOffset(head, at);
        request.length = (int) size;
        request.stag = ReadRequestHeader.sourceStag(head, at);
        request.taggedOffset = ReadRequestHeader.sourceTaggedOffset(head, at);
        stream.answers.add();
        hasWork = true;
        return Terminate.NONE;
    }

    private int atomicRequest() {
        if (!stream.answers.hasRoom(queuePair.reads().ird())) {
            return TerminateCode.STREAM_CATASTROPHIC;
        }
        final long at = DdpHeader.UNTAGGED_LENGTH;
        final int operation = AtomicRequestHeader.operation(head, at);
        final boolean swaps = operation == AtomicRequestHeader.COMPARE_SWAP;
        final boolean plain = swaps
            ? AtomicRequestHeader.operandMask(head, at) == AtomicRequestHeader.ALL_BITS
                && AtomicRequestHeader.comparandMask(head, at) == AtomicRequestHeader.ALL_BITS
            : operation == AtomicRequestHeader.FETCH_ADD
                && AtomicRequestHeader.operandMask(head, at) == AtomicRequestHeader.ONE_ADDEND;
        if (!plain) {
            return TerminateCode.UNEXPECTED_OPCODE; // masked ones are not supported
        }
        final PendingAnswers.Request request = stream.answers.next();
        request.opcode = opcode;
        request.msn = readMsn++;
        request.identifier = AtomicRequestHeader.identifier(head, at);
        request.stag = AtomicRequestHeader.stag(head, at);
        request.taggedOffset = AtomicRequestHeader.taggedOffset(head, at);
        request.swaps = swaps;
        request.operand = AtomicRequestHeader.operand(head, at);
        request.comparand = AtomicRequestHeader.comparand(head, at);
        stream.answers.add();
        hasWork = true;
        return Terminate.NONE;
    }

    private int atomicResponse() {
        final OutstandingReads reads = stream.reads;
        final long at = DdpHeader.UNTAGGED_LENGTH;
        if (!reads.isWaiting() || !reads.isAtomic() || AtomicResponseHeader.identifier(head, at) != reads.msn()) {
            return TerminateCode.DDP_LOCAL_CATASTROPHIC;
        }
        atomicResponseMsn++;
        head.set(ValueLayout.JAVA_LONG_UNALIGNED, at, AtomicResponseHeader.original(head, at));
        final int result = placeAnswer(head, at, Long.BYTES);
        if (result == Terminate.NONE) {
            answered();
        }
        return result;
    }

    private int immediate() {
        sendMsn++;
        final int length = written;
        written = 0;
        return placement.finish(queuePair, CompletionOpcode.RECEIVE_RDMA_WITH_IMMEDIATE, length,
            CompletionLayout.IMMEDIATE, ImmediateData.value(head, DdpHeader.UNTAGGED_LENGTH),
            RdmapOpcode.isSolicited(opcode));
    }

    /** Takes bytes of the segment's payload. */
    public int payload(final MemorySegment bytes, final long offset, final int length) {
        left -= length;
        return switch (opcode) {
            case RdmapOpcode.WRITE -> {
                final int result = placement.write(queuePair.receive, stag, taggedOffset, bytes, offset, length);
                taggedOffset += length;
                yield result;
            }
            case RdmapOpcode.READ_RESPONSE -> {
                final int result = placeAnswer(bytes, offset, length);
                stream.reads.receive(length);
                yield result;
            }
            case RdmapOpcode.SEND, RdmapOpcode.SEND_INVALIDATE, RdmapOpcode.SEND_SOLICITED,
                RdmapOpcode.SEND_SOLICITED_INVALIDATE -> length == 0 ? Terminate.NONE : send(bytes, offset, length);
            default -> Terminate.NONE; // the rest of a Terminate
        };
    }

    private int placeAnswer(final MemorySegment bytes, final long offset, final int length) {
        final OutstandingReads reads = stream.reads;
        final int result = length == 0 ? Terminate.NONE : placement.readResponse(queuePair, reads.sinkKey(),
            reads.sinkAddress() + reads.received(), bytes, offset, length);
        if (result == Terminate.NONE) {
            return result;
        }
        end = StreamEnd.ofSink(reads.sinkKey(), reads.sinkAddress(), reads.length());
        return Terminate.CONNECTION_LOST;
    }

    private int send(final MemorySegment bytes, final long offset, final int length) {
        final boolean whole = last && left == 0 && opcode == RdmapOpcode.SEND;
        final int result = placement.send(queuePair.receive, bytes, offset, length, received, whole);
        inSend = true;
        received += length;
        if (whole && result == Terminate.NONE) {
            endSend();
        }
        return result;
    }

    private void endSend() {
        inSend = false;
        sendOpcode = NO_SEND;
        received = 0;
        sendMsn++;
    }

    /** Ends the segment, whose payload has come. */
    public int end() {
        if (opcode == RdmapOpcode.READ_RESPONSE && last) {
            answered();
        } else if (RdmapOpcode.isSend(opcode) && last && DdpHeader.msn(head, 0) == sendMsn) {
            return finishSend();
        } else if (opcode == RdmapOpcode.TERMINATE) { // not before all of it is read: a capture shows it then too
            end = StreamEnd.ofTerminate(head, DdpHeader.UNTAGGED_LENGTH, headerBytes);
            return Terminate.CONNECTION_LOST;
        }
        return Terminate.NONE;
    }

    private void answered() {
        stream.reads.answer();
        hasWork = true;
    }

    /** The end of a Send whose last bytes did not end it: an empty one, or one with more to do. */
    private int finishSend() {
        final int length = received;
        final boolean plain = opcode == RdmapOpcode.SEND;
        int result = inSend ? Terminate.NONE : placement.send(queuePair.receive, head, 0, 0, 0, plain);
        final boolean done = plain && !inSend;
        final int invalidated = RdmapOpcode.invalidates(opcode) ? DdpHeader.invalidateStag(head, 0) : 0;
        if (result == Terminate.NONE && RdmapOpcode.invalidates(opcode)) {
            result = engine.invalidateAndWait(queuePair, invalidated);
            if (!isCurrent()) {
                return Terminate.ABANDONED; // meanwhile the queue pair left this connection
            }
        }
        if (result == Terminate.NONE && !done) {
            result = placement.finish(queuePair, CompletionOpcode.RECEIVE, length,
                RdmapOpcode.invalidates(opcode) ? CompletionLayout.INVALIDATED : 0, invalidated,
                RdmapOpcode.isSolicited(opcode));
        }
        endSend();
        return result;
    }

    /** Tells the peer that the segment which is being taken is refused; once in a connection. */
    void refuse(final int reason) {
        stream.link.terminate(reason, head, Terminate.isOfMpa(reason) ? 0 : ulpduLength);
    }

    /**
     * Ends the connection for what arrived: tells the peer, unless it is the one who ended it.
     *
     * @param reason what {@link #begin}, {@link #payload} or {@link #end} came back with, or a Terminate of MPA's
     */
    public void fail(final int reason) {
        if (!isCurrent()) {
            return;
        }
        if (reason > 0) {
            queuePair.note(Fault.of(Check.PROTOCOL, CompletionOpcode.RECEIVE, Fault.NO_SLOT, 0, reason));
            refuse(reason);
        }
        if (end == null) {
            engine.failFromInside(queuePair);
        }
    }
}
