package io.rnic.differential;

import io.rnic.differential.ModelMemory.Bytes;
import io.rnic.differential.ModelMemory.Span;
import io.rnic.testing.CompletedRequest;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model's queue pair: its state, what is posted to it, and what is to be polled of it, queue by queue. */
final class ModelQueuePair {
    final int slot;
    final Model.Domain domain;
    final Call.Limits limits;
    final Flow sends;
    final Flow receives;
    QueuePairState state = QueuePairState.INIT;
    @Nullable ModelQueuePair peer;
    boolean closed;

    ModelQueuePair(final int slot, final Model.Domain domain, final Model.Queue sendQueue,
        final Model.Queue receiveQueue, final Call.Limits limits) {
        this.slot = slot;
        this.domain = domain;
        this.limits = limits;
        sends = new Flow(sendQueue, limits.sends());
        receives = new Flow(receiveQueue, limits.receives());
    }

    /** A message in a receive that is not polled, by its number; its parts that may still be placed. */
    record Message(int number, List<Part> parts) {
    }

    /** The bytes of a message in one piece of its receive. */
    record Part(Model.Region region, Span span, Bytes bytes) {
    }

    /** A completion to be polled; {@code number} counts the requests of its queue. */
    record Due(long number, long wrId, CompletionStatus status, CompletionOpcode opcode, long byteLength, int terminate,
        @Nullable Message message) {

        /** Whether what was polled is this; of an error only some fields are valid. */
        boolean is(final CompletedRequest polled) {
            if (polled.wrId() != wrId || polled.status() != status || polled.vendorError() != terminate) {
                return false;
            }
            final boolean hasLength = opcode == CompletionOpcode.RECEIVE || opcode == CompletionOpcode.RDMA_READ;
            return status != CompletionStatus.SUCCESS
                || (polled.opcode() == opcode && (!hasLength || polled.byteLength() == byteLength));
        }

        @Override
        public String toString() {
            return opcode + " #" + wrId + " " + status + (status == CompletionStatus.SUCCESS ? " of " + byteLength
                + " bytes" : terminate == 0 ? "" : " with 0x" + Integer.toHexString(terminate));
        }
    }

    /** A receive that waits for a message. */
    record Waiting(long number, Request.Receive receive, List<Model.Resolved> pieces) {
    }

    /** A send request with what its keys stood for when it was posted. */
    record Posted(long number, Request.Send request, List<Model.Resolved> pieces, Model.@Nullable Region remote,
        long remoteAddress) {
    }

    /** One of its queues. */
    static final class Flow {
        final Model.Queue queue;
        final int limit;
        final Deque<Due> due = new ArrayDeque<>();
        /** Receives that no message has come for. */
        final Deque<Waiting> waiting = new ArrayDeque<>();
        /** Sends that are not done: they wait only in SQD. */
        final Deque<Posted> posts = new ArrayDeque<>();
        long posted;
        long retired;

        Flow(final Model.Queue queue, final int limit) {
            this.queue = queue;
            this.limit = limit;
        }

        long space() {
            return limit - (posted - retired);
        }

        void forget() {
            due.clear();
            waiting.clear();
            posts.clear();
            posted = 0;
            retired = 0;
        }
    }

    void complete(final boolean receive, final Due due) {
        (receive ? receives : sends).due.add(due);
    }

    /** To ERROR with its peer, unless it is there or was never connected; all that waits is flushed. */
    void fail() {
        if (state != QueuePairState.RESET && state != QueuePairState.ERROR) {
            state = QueuePairState.ERROR;
            flushReceives();
            for (Posted next = sends.posts.poll(); next != null; next = sends.posts.poll()) {
                complete(false, new Due(next.number, next.request.wrId(), CompletionStatus.FLUSHED,
                    CompletionOpcode.SEND, 0, 0, null));
            }
        }
        leave();
    }

    /** Its peer, if it has one, goes to ERROR. */
    void leave() {
        final ModelQueuePair other = peer;
        peer = null;
        if (other != null) {
            other.peer = null;
            other.fail();
        }
    }

    void flushReceives() {
        for (final Iterator<Waiting> all = receives.waiting.iterator(); all.hasNext(); all.remove()) {
            final Waiting waiting = all.next();
            complete(true, new Due(waiting.number, waiting.receive.wrId(), CompletionStatus.FLUSHED,
                CompletionOpcode.RECEIVE, 0, 0, null));
        }
    }

    String observe() {
        return closed ? "CLOSED" : state + ", space for " + sends.space() + "+" + receives.space();
    }
}
