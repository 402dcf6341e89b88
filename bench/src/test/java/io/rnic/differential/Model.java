package io.rnic.differential;

import io.rnic.differential.ModelQueuePair.Due;
import io.rnic.differential.ModelQueuePair.Flow;
import io.rnic.testing.CompletedRequest;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.RnicError;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the verbs promise: takes each call with what came of it, and says what is wrong with that. */
class Model {
    private static final int MAX_REQUESTS = 1 << 15;
    private static final int MAX_SGES = 16;
    private static final int MAX_INLINE = 512;
    private static final int MAX_COMPLETIONS = 1 << 22;

    final ModelMemory memory;
    final ModelEvents events = new ModelEvents();
    final ModelRegions regions;
    private final ModelTransfer transfer;
    private final ModelPosting posting;
    private final @Nullable Domain[] domains = new Domain[Machine.SLOTS];
    private final @Nullable Queue[] queues = new Queue[Machine.SLOTS];
    private final @Nullable Shared[] shared = new Shared[Machine.SLOTS];
    private final @Nullable ModelQueuePair[] queuePairs = new ModelQueuePair[Machine.SLOTS];

    /** A model in which all memory is filled with that value. */
    Model(final byte value) {
        memory = new ModelMemory(value);
        transfer = new ModelTransfer(memory);
        regions = new ModelRegions(memory);
        posting = new ModelPosting(transfer, regions);
    }

    static final class Domain extends ModelUsed {
        Domain(final int nic) {
            super(nic);
        }
    }

    /** A shared receive queue. */
    static final class Shared extends ModelQueuePair.Receives {
        final int slot;
        final Domain domain;
        final int limit;
        final int sges;
        /** Receives that messages have come for, and whose completions are not polled. */
        int taken;
        /** The limit that is armed, 0 for none. */
        int armed;

        Shared(final int slot, final Domain domain, final int limit, final int sges) {
            super(domain.nic);
            this.slot = slot;
            this.domain = domain;
            this.limit = limit;
            this.sges = sges;
        }

        int space() {
            return limit - waiting.size() - taken;
        }
    }

    static final class Queue extends ModelUsed {
        final int slot;
        int capacity;
        int unpolled;
        /** A completion was lost: what is unpolled may be polled, then nothing any more. */
        boolean overrun;

        Queue(final Call.CreateCompletionQueue call) {
            super(call.nic());
            slot = call.queue();
            resize(call.capacity());
        }

        void resize(final int completions) {
            capacity = Math.max(1, Integer.highestOneBit(completions - 1) << 1);
        }

        boolean isFull() {
            return overrun || unpolled == capacity;
        }
    }

    /** A piece as the NIC is given it: the region that its key stands for, null if for none. */
    record Resolved(@Nullable ModelRegion region, long address, int length) {
    }

    static final Set<String> OK = Set.of(Outcome.OK);
    static final Set<String> NOTHING = Set.of(Outcome.NOTHING);

    static Set<String> refused(final RnicError error) {
        return Set.of(error.name());
    }

    /** Where the model says that a memory lies: far from all others. */
    static long base(final int memory) {
        return (memory + 1L) << 32;
    }

    /** What is wrong with the outcome, null if nothing is. */
    @Nullable String check(final Call call, final Outcome outcome) {
        if (call instanceof Call.Poll poll) {
            return checkPoll(poll, outcome);
        }
        final Set<String> expected = apply(call);
        return expected.contains(outcome.result()) ? null
            : "it said '" + outcome.result() + "' instead of " + expected.stream().sorted()
                .collect(Collectors.joining("' or '", "'", "'"));
    }

    /** Takes a call as done, and whatever is due as polled if it is a poll. */
    void foresee(final Call call) {
        if (!(call instanceof Call.Poll poll)) {
            apply(call);
            return;
        }
        for (final ModelQueuePair queuePair : queuePairs) {
            if (queuePair != null) {
                foresee(queuePair, queuePair.sends, poll);
                foresee(queuePair, queuePair.receives, poll);
            }
        }
    }

    private void foresee(final ModelQueuePair queuePair, final Flow flow, final Call.Poll poll) {
        while (flow.queue == queues[poll.queue()] && !flow.due.isEmpty()) {
            take(queuePair, flow);
        }
    }

    private void take(final ModelQueuePair queuePair, final Flow flow) {
        final Due due = flow.due.remove();
        flow.queue.unpolled--;
        if (flow == queuePair.receives) {
            queuePair.free(due);
        } else {
            flow.retired = due.number() + 1;
        }
        if (due.message() != null) {
            transfer.settle(due.message());
        }
    }

    private Set<String> apply(final Call call) {
        return switch (call) {
            case Call.AllocateDomain c -> {
                final Domain old = domains[c.domain()];
                if (old != null && !old.closed) {
                    yield NOTHING;
                }
                domains[c.domain()] = new Domain(c.nic());
                yield OK;
            }
            case Call.CreateCompletionQueue c -> {
                final Queue old = queues[c.queue()];
                if (old != null && !old.closed) {
                    yield NOTHING;
                }
                if (!isCapacity(c.capacity())) {
                    yield refused(RnicError.INVALID_ARGUMENT);
                }
                queues[c.queue()] = new Queue(c);
                yield OK;
            }
            case Call.CloseDomain c -> close(domains[c.domain()]);
            case Call.CloseCompletionQueue c -> close(queues[c.queue()]);
            case Call.Resize c -> resize(queues[c.queue()], c.capacity());
            case Call.Register c -> regions.register(c, domains[c.domain()]);
            case Call.Reregister c -> regions.reregister(c);
            case Call.Deregister c -> deregister(c.region());
            case Call.AllocateWindow c -> regions.allocateWindow(c.window(), domains[c.domain()]);
            case Call.CloseWindow c -> regions.closeWindow(c.window());
            case Call.CloseArena c -> {
                if (Machine.lasts(c.memory()) || memory.isGone(c.memory())) {
                    yield NOTHING;
                }
                memory.close(c.memory());
                yield OK;
            }
            case Call.Fill c -> fill(c);
            case Call.CreateShared c -> createShared(c);
            case Call.CloseShared c -> closeShared(shared[c.shared()]);
            case Call.ArmLimit c -> armLimit(shared[c.shared()], c.limit());
            case Call.PostShared c -> posting.receive(shared[c.shared()], c.requests());
            case Call.CreateQueuePair c -> createQueuePair(c);
            case Call.CloseQueuePair c -> closeQueuePair(queuePairs[c.queuePair()]);
            case Call.Connect c -> ModelConnections.connect(c, queuePairs[c.client()], queuePairs[c.server()]);
            case Call.Disconnect c -> ModelConnections.disconnect(queuePairs[c.queuePair()]);
            case Call.Modify c -> ModelConnections.modify(queuePairs[c.queuePair()], c.target(), posting);
            case Call.ChangeReads c -> ModelConnections.changeReads(queuePairs[c.queuePair()], c.ord(), c.ird());
            case Call.PostSend c -> posting.send(queuePairs[c.queuePair()], c.requests());
            case Call.PostReceive c -> posting.receive(queuePairs[c.queuePair()], c.requests());
            case Call.Poll c -> throw new IllegalStateException(c.toString());
        };
    }

    private static Set<String> close(final @Nullable ModelUsed object) {
        return object == null ? NOTHING : object.close();
    }

    private static boolean isCapacity(final int completions) {
        return completions >= 1 && completions <= MAX_COMPLETIONS;
    }

    private static Set<String> resize(final @Nullable Queue queue, final int completions) {
        if (queue == null) {
            return NOTHING;
        }
        if (queue.closed || !isCapacity(completions)) {
            return queue.closed && !isCapacity(completions)
                ? Set.of(RnicError.CLOSED.name(), RnicError.INVALID_ARGUMENT.name())
                : refused(queue.closed ? RnicError.CLOSED : RnicError.INVALID_ARGUMENT);
        }
        if (queue.overrun || queue.unpolled > completions) {
            return refused(queue.overrun ? RnicError.COMPLETION_QUEUE_OVERRUN : RnicError.INVALID_ARGUMENT);
        }
        queue.resize(completions);
        return OK;
    }

    /** Messages that have come are in the region's memory then, polled or not. */
    private Set<String> deregister(final int slot) {
        final Set<String> result = regions.deregister(slot);
        for (final ModelQueuePair queuePair : queuePairs) {
            if (queuePair != null && result.equals(OK)) {
                transfer.settle(queuePair, Objects.requireNonNull(regions.region(slot)));
            }
        }
        return result;
    }

    private static Set<String> armLimit(final @Nullable Shared queue, final int limit) {
        if (queue == null) {
            return NOTHING;
        }
        if (queue.closed || limit < 0 || limit > queue.limit) {
            return refused(queue.closed ? RnicError.CLOSED : RnicError.INVALID_ARGUMENT);
        }
        queue.armed = limit;
        return OK;
    }

    Set<String> fill(final Call.Fill call) {
        if (memory.isGone(call.memory())) {
            return NOTHING;
        }
        final byte[] values = new byte[call.length()];
        Arrays.fill(values, (byte) call.value());
        memory.write(List.of(new ModelMemory.Span(call.memory(), call.offset(), call.length())),
            ModelMemory.Bytes.of(values));
        return OK;
    }

    private Set<String> createShared(final Call.CreateShared call) {
        final Domain domain = domains[call.domain()];
        final Shared old = shared[call.shared()];
        if (domain == null || (old != null && !old.closed)) {
            return NOTHING;
        }
        final boolean invalid = call.receives() < 1 || call.receives() > MAX_REQUESTS || call.sges() < 1
            || call.sges() > MAX_SGES;
        if (domain.closed || invalid) {
            return domain.closed && invalid ? Set.of(RnicError.CLOSED.name(), RnicError.INVALID_ARGUMENT.name())
                : refused(invalid ? RnicError.INVALID_ARGUMENT : RnicError.CLOSED);
        }
        shared[call.shared()] = new Shared(call.shared(), domain, call.receives(), call.sges());
        domain.users++;
        return OK;
    }

    private static Set<String> closeShared(final @Nullable Shared queue) {
        final Set<String> result = close(queue);
        if (queue != null && result.equals(OK)) {
            queue.domain.users--;
        }
        return result;
    }

    private Set<String> createQueuePair(final Call.CreateQueuePair call) {
        final Domain domain = domains[call.domain()];
        final Queue send = queues[call.sendQueue()];
        final Queue receive = queues[call.receiveQueue()];
        final ModelQueuePair old = queuePairs[call.queuePair()];
        if (domain == null || send == null || receive == null || (old != null && !old.closed)) {
            return NOTHING;
        }
        final Shared taken = call.shared() == Call.CreateQueuePair.OWN ? null : shared[call.shared()];
        final boolean invalid = !isAllowed(call.limits()) || (taken != null && taken.domain != domain)
            || send.nic != domain.nic || receive.nic != domain.nic;
        if (domain.closed || send.closed || receive.closed || (taken != null && taken.closed)) {
            return invalid ? Set.of(RnicError.CLOSED.name(), RnicError.INVALID_ARGUMENT.name())
                : refused(RnicError.CLOSED);
        }
        if (invalid) {
            return refused(RnicError.INVALID_ARGUMENT);
        }
        queuePairs[call.queuePair()] =
            new ModelQueuePair(call.queuePair(), domain, send, receive, taken, call.limits(), events);
        domain.users++;
        send.users++;
        receive.users++;
        if (taken != null) {
            taken.users++;
        }
        return OK;
    }

    private static boolean isAllowed(final Call.Limits limits) {
        return limits.sends() >= 1 && limits.sends() <= MAX_REQUESTS && limits.receives() >= 1
            && limits.receives() <= MAX_REQUESTS && limits.sendSges() >= 1 && limits.sendSges() <= MAX_SGES
            && limits.receiveSges() >= 1 && limits.receiveSges() <= MAX_SGES && limits.inline() >= 0
            && limits.inline() <= MAX_INLINE && ModelConnections.isReads(limits.ord())
            && ModelConnections.isReads(limits.ird());
    }

    private static Set<String> closeQueuePair(final @Nullable ModelQueuePair queuePair) {
        if (queuePair == null) {
            return NOTHING;
        }
        if (queuePair.closed) {
            return refused(RnicError.CLOSED);
        }
        queuePair.closed = true;
        queuePair.leave(AsyncEventType.DISCONNECTED);
        queuePair.sends.forget();
        queuePair.forgetReceives();
        queuePair.domain.users--;
        queuePair.sends.queue.users--;
        queuePair.receives.queue.users--;
        if (queuePair.shared != null) {
            queuePair.shared.users--;
        }
        return OK;
    }

    /** Whatever order the queues come in, each is in its own order, and nothing is missing or too much. */
    private @Nullable String checkPoll(final Call.Poll call, final Outcome outcome) {
        final Queue queue = queues[call.queue()];
        final int due = queue == null || queue.closed ? 0 : Math.min(queue.unpolled, Math.max(0, call.limit()));
        final String result = result(queue, call, due);
        if (!result.equals(outcome.result())) {
            return "it said '" + outcome.result() + "' instead of '" + result + "'";
        }
        if (outcome.completions().size() != due) {
            return outcome.completions().size() + " completions came, " + due + " are due: " + outcome.completions();
        }
        for (final CompletedRequest polled : outcome.completions()) {
            if (!take(queue, polled)) {
                return "not due: " + polled + " (queue pair's slot); next of it are " + next(polled);
            }
        }
        return null;
    }

    /** A poll for all comes to the end of a queue that overran; one for fewer only if nothing is left. */
    private static String result(final @Nullable Queue queue, final Call.Poll call, final int due) {
        if (queue == null) {
            return Outcome.NOTHING;
        }
        if (queue.closed) {
            return RnicError.CLOSED.name();
        }
        if (queue.overrun && (due == 0 || call.limit() == Call.Poll.ALL)) {
            return RnicError.COMPLETION_QUEUE_OVERRUN.name();
        }
        return call.limit() < 1 ? RnicError.INVALID_ARGUMENT.name() : Outcome.OK;
    }

    private String next(final CompletedRequest polled) {
        final ModelQueuePair queuePair =
            polled.queuePairNumber() < 0 ? null : queuePairs[polled.queuePairNumber()];
        return queuePair == null ? "none" : "send " + queuePair.sends.due.peek() + ", receive "
            + queuePair.receives.due.peek();
    }

    private boolean take(final @Nullable Queue queue, final CompletedRequest polled) {
        final ModelQueuePair queuePair =
            polled.queuePairNumber() < 0 ? null : queuePairs[polled.queuePairNumber()];
        if (queuePair == null) {
            return false;
        }
        for (final Flow flow : List.of(queuePair.sends, queuePair.receives)) {
            final Due due = flow.queue == queue ? flow.due.peek() : null;
            if (due != null && due.is(polled)) {
                take(queuePair, flow);
                return true;
            }
        }
        return false;
    }

    /** What a shared receive queue must say of itself, null if there is none open in its slot. */
    @Nullable String observeShared(final int slot) {
        final Shared queue = shared[slot];
        return queue == null || queue.closed ? null
            : queue.waiting.size() + " waiting, space for " + queue.space() + ", limit " + queue.armed;
    }

    /** What a memory window must say of itself, null if there is none open in its slot. */
    @Nullable String observeWindow(final int slot) {
        return regions.observeWindow(slot);
    }

    /** What a queue pair must say of itself, null if its slot is empty. */
    @Nullable String observe(final int slot) {
        final ModelQueuePair queuePair = queuePairs[slot];
        return queuePair == null ? null : queuePair.observe();
    }
}
