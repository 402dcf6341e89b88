package io.rnic.differential;

import io.rnic.differential.ModelMemory.Bytes;
import io.rnic.differential.ModelMemory.Span;
import io.rnic.testing.CompletedRequest;
import io.rnic.verbs.AsyncEventType;
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
    int ord;
    int ird;
    private int agreedOrd;
    private int agreedIrd;
    private final ModelEvents events;

    ModelQueuePair(final int slot, final Model.Domain domain, final Model.Queue sendQueue,
        final Model.Queue receiveQueue, final Model.@Nullable Shared shared, final Call.Limits limits,
        final ModelEvents events) {
        this.slot = slot;
        this.domain = domain;
        this.limits = limits;
        sends = new Flow(sendQueue, limits.sends());
        receives = new Flow(receiveQueue, shared == null ? limits.receives() : 0);
        this.shared = shared;
        this.events = events;
        ord = limits.ord();
        ird = limits.ird();
    }

    /** Connects it: so many Reads it may ask for, and answers. */
    void agree(final int asks, final int answers) {
        ord = asks;
        agreedOrd = asks;
        ird = answers;
        agreedIrd = answers;
    }

    /** Whether that is no more than what was agreed on. */
    boolean isAgreed(final int asks, final int answers) {
        return asks <= agreedOrd && answers <= agreedIrd;
    }

    /** A message in a receive that is not polled, by its number; its parts that may still be placed. */
    record Message(int number, List<Part> parts) {
    }

    /** The bytes of a message in one piece of its receive. */
    record Part(ModelRegion region, Span span, Bytes bytes) {
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

        /** The same without its message, which went with it. */
        Due lost() {
            return new Due(number, wrId, status, opcode, byteLength, terminate, null, immediate, invalidated);
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

    /**
     * A send request with what its keys stood for when it was posted; a binding with its window, and the key that is
     * the window's next.
     */
    record Posted(long number, Request.Send request, List<Model.Resolved> pieces, @Nullable ModelRegion remote,
        long remoteAddress, @Nullable ModelWindow window, int windowKey) {
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
            queue.unpolled -= due.size();
            due.clear();
            waiting.clear();
            posts.clear();
            posted = 0;
            retired = 0;
        }
    }

    /** The receive for the next message, null if none is there. */
    @Nullable Waiting take() {
        if (shared == null) {
            return receives.waiting.poll();
        }
        final Waiting next = shared.waiting.poll();
        if (next != null) {
            shared.taken++;
            if (shared.waiting.size() < shared.armed) {
                shared.armed = 0;
                events.add("s" + shared.slot, AsyncEventType.SRQ_LIMIT_REACHED);
            }
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

    /**
     * Reports a completion; false if it was lost. Of several that are flushed at once it is open which are: so each is
     * kept, and what counts is how many may be polled.
     */
    boolean complete(final boolean receive, final Due due) {
        final Flow flow = receive ? receives : sends;
        final boolean isLost = flow.queue.isFull();
        if (isLost && !flow.queue.overrun) {
            flow.queue.overrun = true;
            events.add("c" + flow.queue.slot, AsyncEventType.CQ_ERR);
        }
        flow.queue.unpolled += isLost ? 0 : 1;
        flow.due.add(isLost ? due.lost() : due);
        return !isLost;
    }

    /** Its unpolled completions vanish; what they stood for in a shared queue is free again. */
    void forgetReceives() {
        if (shared != null) {
            shared.taken -= receives.due.size();
        }
        receives.forget();
    }

    /**
     * To ERROR with its peer, unless it is there; all that waits is flushed.
     *
     * @param told   what its owner is told if it was connected
     * @param peers  what its peer's owner is told
     */
    void fail(final AsyncEventType told, final AsyncEventType peers) {
        end(told);
        leave(peers);
    }

    private void end(final AsyncEventType told) {
        if (state != QueuePairState.ERROR) {
            state = QueuePairState.ERROR;
            if (peer != null) {
                tell(told);
            }
            if (shared != null) {
                tell(AsyncEventType.QP_LAST_WQE_REACHED);
            }
            flushReceives();
            for (Posted next = sends.posts.poll(); next != null; next = sends.posts.poll()) {
                complete(false, new Due(next.number, next.request.wrId(), CompletionStatus.FLUSHED,
                    CompletionOpcode.SEND, 0, 0));
            }
        }
    }

    /** Its peer, if it has one, goes to ERROR, and that one's owner is told. */
    void leave(final AsyncEventType peers) {
        final ModelQueuePair other = peer;
        if (other != null) {
            peer = null;
            other.end(peers);
            other.peer = null;
        }
    }

    void tell(final AsyncEventType event) {
        events.add("q" + slot, event);
    }

    void flushReceives() {
        for (final Iterator<Waiting> all = receives.waiting.iterator(); all.hasNext(); all.remove()) {
            final Waiting waiting = all.next();
            complete(true, new Due(waiting.number, waiting.receive.wrId(), CompletionStatus.FLUSHED,
                CompletionOpcode.RECEIVE, 0, 0));
        }
    }

    String observe() {
        return closed ? "CLOSED" : state + ", space for " + sends.space() + "+" + receives.space() + ", reads " + ord
            + "/" + ird;
    }
}
