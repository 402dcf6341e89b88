package io.rnic.emu.engine;

import io.rnic.verbs.Diagnosis.Check;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How far a queue pair is whose link is a stream: a message may be half sent, and Reads may be under way. But for the
 * two queues, which say so themselves, it belongs to who holds the lock of the send side.
 */
final class StreamState {
    /** Enough for any message that is all header, with DDP's. */
    private static final int HEADER_BYTES = 80;

    final StreamLink link;
    /** Takes what arrives; null before something may. */
    @Nullable StreamReceiver receiver;
    final OutstandingReads reads;
    final PendingAnswers answers;
    /** Where headers are written that are a message's payload to the link. */
    final MemorySegment header = Arena.ofAuto().allocate(HEADER_BYTES, Long.BYTES);

    /** Requests completed; those between this and what is taken wait for a Read that is not answered. */
    long completed;
    /** Whether the next request is begun: nothing else is sent before it ends. */
    boolean inMessage;
    /** How many bytes of it are sent, and whether they were all and only its immediate data is missing. */
    int sent;
    boolean payloadSent;
    /** Why it cannot be done, once that is known: it waits for the requests before it, and is not tried again. */
    int failure = Terminate.NONE;
    /** Numbers of the next messages, by queue. */
    int sendMsn = 1;
    int atomicResponseMsn = 1;
    /** Whether sending stopped though something is posted: what it waits for calls {@link Engine#process}. */
    volatile boolean stalled;
    /** Whether the owner waits for SQ_DRAINED. */
    boolean drainAsked;
    /** Whether what was done last was an answer to the peer. */
    boolean answered;
    /** Bytes of answers that were sent in this go. */
    int answeredBytes;
    /** Why this side has given its peer up, null if it has not. */
    volatile @Nullable Fault givenUp;
    /** Whether a request was flushed: then all behind it are, though their bytes may have left. */
    boolean flushing;
    /** How the oldest outstanding Read, or else the message that is half sent, ends when all is flushed. */
    int blame = Terminate.NONE;

    StreamState(final StreamLink link, final ReadLimits reads) {
        this.link = link;
        this.reads = new OutstandingReads(reads.ord());
        answers = new PendingAnswers(reads.ird());
    }

    /** Why the connection is lost. */
    Fault loss() {
        final Fault why = givenUp;
        return why == null ? Fault.of(Check.PEER_DISCONNECTED) : why;
    }

    /** Whether all that was taken is completed and nothing is half sent. */
    boolean isQuiet(final long taken) {
        return !inMessage && completed == taken;
    }

    /** Whether the oldest request that is not completed is a Read or an atomic. */
    boolean hasRead(final long taken) {
        return completed != taken;
    }

    void endMessage() {
        inMessage = false;
        sent = 0;
        payloadSent = false;
        failure = Terminate.NONE;
    }
}
