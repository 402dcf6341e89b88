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
    /** Where its receives come from, null for a queue of its own. */
    final Model.@Nullable Shared shared;
    QueuePairState state = QueuePairState.INIT;
    @Nullable ModelQueuePair peer;
    boolean closed;

    ModelQueuePair(final int slot, final Model.Domain domain, final Model.Queue sendQueue,
        final Model.Queue receiveQueue, final Model.@Nullable Shared shared, final Call.Limits limits) {
        this.slot = slot;
        this.domain = domain;
        this.limits = limits;
        sends = new Flow(sendQueue, limits.sends());
        receives = new Flow(receiveQueue, shared == null ? limits.receives() : 0);
        this.shared = shared;
    }

    /** A message in a receive that is not polled, by its number; its parts that may still be placed. */
    record Message(int number, List<Part> parts) {
    }

    /** The bytes of a message in one piece of its receive. */
    record Part(Model.Region region, Span span, Bytes bytes) {
    }

    /** A completion to be polled; {@code number} counts the requests of its queue. */
    record Due(long number, long wrId, CompletionStatus status, CompletionOpcode opcode, long byteLength,
        int terminate, @Nullable Message message, @Nullable Long immediate, int invalidated) {

        /** One that carries nothing. */
        Due(final long number, final long wrId, final CompletionStatus status, final CompletionOpcode opcode,
            final long byteLength, final int terminate) {
            this(number, wrId, status, opcode, byteLength, terminate, null, null, Machine.NO_STAG);
        }

        /** Whether what was polled is this; of an error only some fields are valid. */
        boolean is(final CompletedRequest polled) {
            if (polled.wrId() != wrId || polled.status() != status || polled.vendorError() != terminate) {
                return false;
            }
            final boolean hasLength = opcode.isReceive() || opcode == CompletionOpcode.RDMA_READ;
            return status != CompletionStatus.SUCCESS
                || (polled.opcode() == opcode && (!hasLength || polled.byteLength() == byteLength)
                && polled.hasImmediateData() == (immediate != null)
                && polled.immediateData() == (immediate == null ? 0 : immediate)
                && polled.invalidatedStag() == invalidated);
        }

        @Override
        public String toString() {
            final String request = opcode + " #" + wrId + " " + status;
            if (status != CompletionStatus.SUCCESS) {
                return terminate == 0 ? request : request + " with 0x" + Integer.toHexString(terminate);
            }
            return request + " of " + byteLength + " bytes" + (immediate == null ? "" : ", immediate " + immediate)
                + (invalidated == Machine.NO_STAG ? "" : ", r" + invalidated + " invalid");
        }
    }

    /** A receive that waits for a message. */
    record Waiting(long number, Request.Receive receive, List<Model.Resolved> pieces) {
    }

    /** A send request with what its keys stood for when it was posted. */
    record Posted(long number, Request.Send request, List<Model.Resolved> pieces, Model.@Nullable Region remote,
        long remoteAddress) {
    }

    /** Receives that no message has come for. */
    static class Receives extends ModelUsed {
        final Deque<Waiting> waiting = new ArrayDeque<>();

        Receives(final int nic) {
            super(nic);
        }
    }

    /** One of its queues. */
    static final class Flow extends Receives {
        final Model.Queue queue;
        final int limit;
        final Deque<Due> due = new ArrayDeque<>();
        /** Sends that are not done: they wait only in SQD. */
        final Deque<Posted> posts = new ArrayDeque<>();
        long posted;
        long retired;

        Flow(final Model.Queue queue, final int limit) {
            super(queue.nic);
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

    /** The receive for the next message, null if none is there. */
    @Nullable Waiting take() {
        final Waiting next = (shared == null ? receives : shared).waiting.poll();
        if (shared != null && next != null) {
            shared.taken++;
        }
        return next;
    }

    /** The message did not come to its end: what it would have gone to is flushed with all the others. */
    void giveBack(final Waiting waiting) {
        receives.waiting.push(waiting);
    }

    /** A completion of a receive frees its place: of a shared queue this one, else all up to it. */
    void free(final Due due) {
        if (shared == null) {
            receives.retired = due.number + 1;
        } else {
            shared.taken--;
        }
    }

    void complete(final boolean receive, final Due due) {
        (receive ? receives : sends).due.add(due);
    }

    /** Its unpolled completions vanish; what they stood for in a shared queue is free again. */
    void forgetReceives() {
        if (shared != null) {
            shared.taken -= receives.due.size();
        }
        receives.forget();
    }

    /** To ERROR with its peer, unless it is there or was never connected; all that waits is flushed. */
    void fail() {
        if (state != QueuePairState.RESET && state != QueuePairState.ERROR) {
            state = QueuePairState.ERROR;
            flushReceives();
            for (Posted next = sends.posts.poll(); next != null; next = sends.posts.poll()) {
                complete(false, new Due(next.number, next.request.wrId(), CompletionStatus.FLUSHED,
                    CompletionOpcode.SEND, 0, 0));
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
                CompletionOpcode.RECEIVE, 0, 0));
        }
    }

    String observe() {
        return closed ? "CLOSED" : state + ", space for " + sends.space() + "+" + receives.space();
    }
}
