package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers the peer's Reads and atomics over a stream, in the order in which they came; so much in one go that a peer
 * which asks for gigabytes keeps neither the thread nor the locks.
 */
final class StreamAnswers {
    /** Bytes that are sent in one go, or a segment more. */
    static final int TURN_BYTES = 1 << 20;

    private final Engine engine;
    private final SendSide sender;

    StreamAnswers(final Engine engine, final SendSide sender) {
        this.engine = engine;
        this.sender = sender;
    }

    /** Answers the oldest one, or goes on with it; what is refused ends the connection. */
    int answer(final QueuePairContext queuePair, final StreamState stream, final EngineThread self) {
        final PendingAnswers.Request request = stream.answers.oldest();
        final int result = request.opcode == RdmapOpcode.ATOMIC_REQUEST ? atomic(queuePair, stream, request)
            : read(queuePair, stream, self, request);
        if (result == Terminate.NONE) {
            stream.answers.finish();
        } else if (result != Terminate.LATER) {
            if (result > 0) {
                stream.link.flush();
                refuse(stream, request, result);
            }
            if (result == Terminate.LOCAL_FAULT) { // of a message that was to leave with the answer
                sender.noteGone(queuePair);
            }
            StreamSends.noteLoss(queuePair, stream, result);
            engine.fail(queuePair, self);
            return Terminate.NONE; // what is posted is flushed
        }
        return result;
    }

    private int read(final QueuePairContext queuePair, final StreamState stream, final EngineThread self,
        final PendingAnswers.Request request) {
        final StreamLink link = stream.link;
        final int result = engine.receiveSide().findSource(
            queuePair, self, request.stag, request.taggedOffset, request.length);
        if (result != Terminate.NONE) {
            return result;
        }
        do {
            if (!link.isReady()) {
                return Terminate.LATER;
            }
            if (stream.answeredBytes >= TURN_BYTES) {
                link.later();
                return Terminate.LATER;
            }
            final int sent = stream.answers.sent();
            final int length = Math.min(request.length - sent, link.maxTagged());
            final boolean last = sent + length == request.length;
            link.tagged(RdmapOpcode.READ_RESPONSE, request.sinkStag, request.sinkOffset + sent, length, last);
            final int added = length == 0 ? Terminate.NONE : payload(link, self, request, sent, length);
            final int ended = StreamSends.end(link, added, !last);
            if (added == Terminate.LOCAL_FAULT || (ended == Terminate.LOCAL_FAULT && isGone(self.found))) {
                return engine.receiveSide().sourceGone(queuePair, Objects.requireNonNull(self.found),
                    request.taggedOffset, request.length);
            }
            if (ended != Terminate.NONE) {
                return ended;
            }
            stream.answers.send(length);
            stream.answeredBytes += length;
        } while (stream.answers.sent() < request.length);
        return Terminate.NONE;
    }

    private static int payload(final StreamLink link, final EngineThread self, final PendingAnswers.Request request,
        final int sent, final int length) {
        final MemoryEntry source = Objects.requireNonNull(self.found);
        return link.payload(source.segment(), request.taggedOffset - source.address() + sent, length);
    }

    private static boolean isGone(final @Nullable MemoryEntry source) {
        return source != null && !source.segment().scope().isAlive();
    }

    private int atomic(final QueuePairContext queuePair, final StreamState stream,
        final PendingAnswers.Request request) {
        final int result = engine.receiveSide().atomic(queuePair, request, stream.header);
        if (result != Terminate.NONE) {
            return result;
        }
        AtomicResponseHeader.write(
            stream.header, 0, request.identifier, stream.header.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
        return StreamSends.sendHeader(
            stream, RdmapOpcode.ATOMIC_RESPONSE, stream.atomicResponseMsn++, AtomicResponseHeader.LENGTH);
    }

    /** Tells why, with the request's own headers. */
    private static void refuse(
        final StreamState stream, final PendingAnswers.Request request, final int terminate) {
        final MemorySegment ulpdu = stream.header;
        DdpHeader.writeUntagged(ulpdu, 0, request.opcode, true, 0, request.msn, 0);
        int length = DdpHeader.UNTAGGED_LENGTH;
        if (request.opcode == RdmapOpcode.READ_REQUEST) {
            ReadRequestHeader.write(ulpdu, length, request.sinkStag, request.sinkOffset, request.length,
                request.stag, request.taggedOffset);
            length += ReadRequestHeader.LENGTH;
        } else {
            length += AtomicRequestHeader.LENGTH;
        }
        stream.link.terminate(terminate, ulpdu, length);
    }
}
