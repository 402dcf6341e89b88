package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.GlobalBarrier;
import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.LinePadding;
import io.rnic.emu.host.SeparateLock;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's half of a completion queue: polls, frees slots, arms. Several threads may poll, one after the other. */
public final class CompletionReader extends LinePadding {
    /** So many messages are placed before the first of them is handed over: for their lines to arrive side by side. */
    private static final int BATCH = 16;

    private long words;
    private int mask;
    private int shift;
    private final HostQueuePairs queuePairs;
    private final CompletionFlyweight flyweight = new CompletionFlyweight();
    /** Covers a poll with its handlers. */
    private final PollLock lock;
    /** Covers entries that are not placed, not the handlers: whoever deregisters memory waits for none of those. */
    private final BiasedLock entries = new SeparateLock();
    private final IdlePolls idlePolls = new IdlePolls();
    private final int delay;
    /** Polls that came back empty since completions were handed over last. */
    private int delayed;
    private boolean closed;
    private long position;
    /** Up to where messages are placed: from here on entries belong to who holds their lock. */
    private long placed;
    /** Messages that could not be placed, for their queue pairs to be told of; null for none. */
    private @Nullable List<Runnable> unplaced;
    /** Whose completion was polled last: the next one is often of the same. */
    private @Nullable HostQueuePair recent;

    /** Creates the host's half of a queue that hands over what is there. */
    public CompletionReader(
        final SharedMemory.Block block, final int slots, final int number, final HostQueuePairs queuePairs) {
        this(block, slots, number, queuePairs, 0);
    }

    /**
     * Creates the host's half.
     *
     * @param block      {@link CompletionLayout} with {@code slots} entries, a power of two
     * @param slots      how many completions it holds
     * @param number     the completion queue's number
     * @param queuePairs where completions find their queue pair
     * @param delay      polls that are to come back empty before completions that are there are handed over
     */
    public CompletionReader(
        final SharedMemory.Block block, final int slots, final int number, final HostQueuePairs queuePairs,
        final int delay) {
        words = block.address();
        mask = slots - 1;
        shift = Integer.numberOfTrailingZeros(slots);
        lock = new PollLock(number);
        this.queuePairs = queuePairs;
        this.delay = delay;
    }

    /** What a poll does that finds nothing. */
    public IdlePolls idlePolls() {
        return idlePolls;
    }

    /** Hands up to {@code limit} completions over, as {@link io.rnic.verbs.CompletionQueue#poll} says. */
    public int poll(final CompletionHandler handler, final int limit) {
        if (limit < 1) {
            throw refusal(limit);
        }
        final int polled = pollQueue(handler, limit);
        // One that keeps completions back does not look again: it would count as two polls.
        return polled == 0 && idlePolls.look() && delay == 0 ? pollQueue(handler, limit) : polled;
    }

    private int pollQueue(final CompletionHandler handler, final int limit) {
        lock.lock();
        try {
            final int polled = pollLocked(handler, limit);
            if (polled != 0 || isUsable()) {
                return polled;
            }
            // What was written before the queue overran may have come just behind the look.
            final int last = pollLocked(handler, limit);
            if (last == 0) {
                throw unusable();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** That the queue is closed or overran is the more worth saying. */
    private RnicException refusal(final int limit) {
        lock.lock();
        try {
            return isUsable() ? new RnicException(RnicError.INVALID_ARGUMENT,
                "poll limit " + limit + " on " + lock + "; allowed: from 1") : unusable();
        } finally {
            lock.unlock();
        }
    }

    private int pollLocked(final CompletionHandler handler, final int limit) {
        if (delay != 0 && isDelayed()) {
            return 0;
        }
        int polled = 0;
        while (polled < limit && !closed && (position < placed || isWritten(position))) {
            if (takeNext(limit - polled)) {
                polled++;
                if (handler instanceof CompletionRecorder recorder) {
                    recorder.record(flyweight);
                } else {
                    handler.onCompletion(flyweight);
                }
            }
        }
        return polled;
    }

    /** What is there is kept back for some polls, for a test; when the queue was armed since, for none. */
    private boolean isDelayed() {
        if (closed || !isWritten(position)) {
            return false;
        }
        if (delayed < delay) {
            delayed++;
            return true;
        }
        delayed = 0;
        return false;
    }

    /**
     * Takes the next entry, which is written or placed; false as for {@link #take}. A method of its own: where a thread
     * looks in vain a hundred times for each message, the compiler would leave every call in here out of the loop, one
     * by one.
     */
    private boolean takeNext(final int limit) {
        if (position == placed) {
            placeNext(limit);
        }
        return take();
    }

    /** Places the messages of the next entries, of which the first is written, so many at most. */
    private void placeNext(final int limit) {
        entries.lock();
        final boolean interrupted = InterruptStatus.isSet();
        try {
            final long end = position + Math.min(limit, BATCH);
            do {
                final int entry = CompletionLayout.entry(placed, mask);
                final long control = Words.getLong(words + entry + CompletionLayout.CONTROL);
                if (CompletionLayout.isInEntry(control)) {
                    place(entry, control, interrupted);
                }
                placed++;
            } while (placed < end && isWritten(placed));
        } finally {
            entries.unlock();
        }
        tellUnplaced();
    }

    /** Its caller looks whether the message is to be placed; afterwards the entry says what became of it. */
    private void place(final int entry, final long control, final boolean interrupted) {
        final long source = Words.getLong(words + entry + CompletionLayout.SOURCE);
        final HostQueuePair queuePair = find((int) (source >>> 32));
        if (queuePair != null && !queuePair.place((int) source, words + entry + CompletionLayout.PAYLOAD,
            CompletionLayout.byteLength(control), interrupted)) {
            refuse(queuePair, entry, control);
        }
    }

    private void refuse(final HostQueuePair queuePair, final int entry, final long control) {
        final int slotNumber = (int) Words.getLong(words + entry + CompletionLayout.SOURCE);
        Words.putInt(words + entry + CompletionLayout.VENDOR, CompletionLayout.UNPLACED);
        Words.putLong(words + entry + CompletionLayout.CONTROL, CompletionLayout.unplaced(control));
        if (unplaced == null) {
            unplaced = new ArrayList<>();
        }
        unplaced.add(() -> queuePair.tellUnplaced(slotNumber));
    }

    /** Before anybody sees the completions: whoever does finds the queue pairs in ERROR. */
    private void tellUnplaced() {
        if (unplaced != null) { // without the lock: whoever found some sees them
            entries.lock();
            final @Nullable List<Runnable> faults = unplaced;
            unplaced = null;
            entries.unlock();
            if (faults != null) {
                faults.forEach(Runnable::run);
            }
        }
    }

    /**
     * Takes the next entry, whose message is placed: fills the flyweight; false if nobody waits for this completion.
     */
    private boolean take() {
        final int entry = CompletionLayout.entry(position, mask);
        final long control = Words.getLong(words + entry + CompletionLayout.CONTROL);
        final long source = Words.getLong(words + entry + CompletionLayout.SOURCE);
        final long extra = CompletionLayout.hasExtra(control) ? extra(entry, control) : 0;
        position++;
        // After the last look at the entry; before the request's slot is free, and before the handler posts: the place
        // that takes must be free here.
        Words.putLongRelease(words + CompletionLayout.CONSUMED, position);
        final int opcode = CompletionLayout.opcode(control);
        final HostQueuePair queuePair = opcode == CompletionLayout.OPCODE_VOID ? null : find((int) (source >>> 32));
        if (queuePair == null) {
            return false;
        }
        flyweight.set(queuePair.retire((opcode & CompletionLayout.RECEIVE) != 0, (int) source),
            CompletionLayout.status(control), CompletionLayout.kind(control), CompletionLayout.byteLength(control),
            queuePair.number(), extra);
        return true;
    }

    private long extra(final int entry, final long control) {
        return CompletionLayout.isSuccess(control) ? Words.getLong(words + entry + CompletionLayout.PAYLOAD)
            : vendorError(entry, control);
    }

    private int vendorError(final int entry, final long control) {
        final HostQueuePair queuePair = find(queuePairNumber(entry));
        if (queuePair != null && (CompletionLayout.opcode(control) & CompletionLayout.RECEIVE) != 0) {
            queuePair.noteFailed((int) Words.getLong(words + entry + CompletionLayout.SOURCE));
        }
        return Words.getInt(words + entry + CompletionLayout.VENDOR);
    }

    private @Nullable HostQueuePair find(final int number) {
        final HostQueuePair last = recent;
        if (last != null && last.number() == number) {
            return last;
        }
        final HostQueuePair found = queuePairs.get(number);
        recent = found;
        return found;
    }

    private boolean isUsable() {
        return !closed && Words.getIntVolatile(words + CompletionLayout.OVERRUN) == 0;
    }

    private RnicException unusable() {
        if (closed) {
            return new RnicException(RnicError.CLOSED, lock + " is closed");
        }
        final boolean injected =
            Words.getIntVolatile(words + CompletionLayout.OVERRUN) == CompletionLayout.OVERRUN_INJECTED;
        return new RnicException(RnicError.COMPLETION_QUEUE_OVERRUN, lock + " overran: " + (injected
            ? "INJECTED, a fault that was asked for (setting faults, overrun)"
            : "more than " + (mask + 1)
                + " completions were unpolled; create it for the requests of all its queue pairs"));
    }

    /**
     * The next completion to arrive makes an event; the caller polls after this and before it waits. A handler may arm.
     *
     * @param solicitedOnly whether only a solicited one does, or an error; harmless where it is armed for any already
     * @throws RnicException CLOSED
     */
    public void arm(final boolean solicitedOnly) {
        if (lock.isMine()) {
            setArmed(solicitedOnly);
        } else {
            armLocked(solicitedOnly);
        }
        delayed = delay;
        // Either the writer sees ARMED, or the poll that follows sees the writer's entry.
        GlobalBarrier.full();
        idlePolls.rest();
    }

    /** Under the lock the queue cannot be closed, and its memory given to others, in the middle. */
    private void armLocked(final boolean solicitedOnly) {
        lock.lock();
        try {
            if (closed) {
                throw new RnicException(RnicError.CLOSED, lock + " is closed");
            }
            setArmed(solicitedOnly);
        } finally {
            lock.unlock();
        }
    }

    private void setArmed(final boolean solicitedOnly) {
        if (solicitedOnly) {
            Words.compareAndSetInt(words + CompletionLayout.ARMED, 0, CompletionLayout.ARMED_FOR_SOLICITED);
        } else {
            Words.putIntVolatile(words + CompletionLayout.ARMED, CompletionLayout.ARMED_FOR_ANY);
        }
    }

    /**
     * Moves to another ring, unpolled completions and all.
     *
     * @param writer   the NIC's half, which moves too
     * @param target   {@link CompletionLayout} with {@code slots} entries, a power of two
     * @param capacity how many completions were asked for
     * @return how many are unpolled; nothing is moved if those are more than were asked for
     * @throws RnicException INVALID_STATE from inside a handler of this queue, BUSY if one does not return;
     *                       COMPLETION_QUEUE_OVERRUN; CLOSED
     */
    public long moveTo(
        final CompletionWriter writer, final SharedMemory.Block target, final int slots, final int capacity) {
        lock.lockBriefly();
        entries.lock();
        try {
            if (!isUsable()) {
                throw unusable();
            }
            final long unpolled = writer.moveTo(target, slots, position, capacity);
            if (unpolled <= capacity) {
                words = target.address();
                mask = slots - 1;
                shift = Integer.numberOfTrailingZeros(slots);
            }
            return unpolled;
        } finally {
            entries.unlock();
            lock.unlock();
        }
    }

    /** How many completions are unpolled. */
    public int unpolled() {
        entries.lock();
        try {
            final long from = Words.getLongVolatile(words + CompletionLayout.CONSUMED);
            int count = 0;
            while (!closed && count <= mask && isWritten(from + count)) {
                count++;
            }
            return count;
        } finally {
            entries.unlock();
        }
    }

    /** Whether a completion was lost. */
    public boolean isOverrun() {
        entries.lock();
        try {
            return !closed && Words.getIntVolatile(words + CompletionLayout.OVERRUN) != 0;
        } finally {
            entries.unlock();
        }
    }

    /** Whether the next completion makes an event. */
    public boolean isArmed() {
        entries.lock();
        try {
            return !closed && Words.getIntVolatile(words + CompletionLayout.ARMED) != 0;
        } finally {
            entries.unlock();
        }
    }

    /**
     * Crosses out the unpolled completions of a queue pair that reports no more, and frees those that nothing precedes.
     *
     * @throws RnicException BUSY if a handler of this queue does not return; nothing is crossed out then
     */
    public void forget(final int queuePairNumber) {
        lock.lockBriefly();
        entries.lock();
        try {
            recent = null;
            final long last = position + mask;
            boolean leading = true;
            for (long at = position; at <= last && isWritten(at); at++) {
                final int entry = CompletionLayout.entry(at, mask);
                if (queuePairNumber(entry) == queuePairNumber && !isCrossedOut(entry)) {
                    crossOut(entry);
                }
                leading &= isCrossedOut(entry);
                if (leading) {
                    position = at + 1;
                }
            }
            placed = Math.max(placed, position);
            Words.putLongRelease(words + CompletionLayout.CONSUMED, position);
        } finally {
            entries.unlock();
            lock.unlock();
        }
    }

    /** Places the unpolled messages that are for a region, and marks them as placed. */
    void placeAll(final int lkey) {
        entries.lock();
        final boolean interrupted = InterruptStatus.isSet();
        try {
            // Position may move meanwhile, but not beyond what is placed.
            for (long at = placed; !closed && isWritten(at) && at - placed <= mask; at++) {
                final int entry = CompletionLayout.entry(at, mask);
                final long control = Words.getLong(words + entry + CompletionLayout.CONTROL);
                if (CompletionLayout.isInEntry(control) && isForRegion(entry, lkey)) {
                    place(entry, control, interrupted);
                    Words.putLong(words + entry + CompletionLayout.CONTROL,
                        Words.getLong(words + entry + CompletionLayout.CONTROL) & ~CompletionLayout.IN_ENTRY);
                }
            }
        } finally {
            entries.unlock();
        }
        tellUnplaced();
    }

    private boolean isForRegion(final int entry, final int lkey) {
        final HostQueuePair queuePair = queuePairs.get(queuePairNumber(entry));
        return queuePair != null
            && queuePair.isForRegion((int) Words.getLong(words + entry + CompletionLayout.SOURCE), lkey);
    }

    private int queuePairNumber(final int entry) {
        return (int) (Words.getLong(words + entry + CompletionLayout.SOURCE) >>> 32);
    }

    /** Acquire: pairs with the writer's store release; the message's bytes are there when the phase is right. */
    private boolean isWritten(final long at) {
        final long control =
            Words.getLongVolatile(words + CompletionLayout.entry(at, mask) + CompletionLayout.CONTROL);
        return (control ^ CompletionLayout.phase(at, shift)) >= 0;
    }

    private void crossOut(final int entry) {
        final long control = Words.getLong(words + entry + CompletionLayout.CONTROL);
        final HostQueuePair queuePair = queuePairs.get(queuePairNumber(entry));
        if (queuePair != null) {
            queuePair.abandon((CompletionLayout.opcode(control) & CompletionLayout.RECEIVE) != 0,
                (int) Words.getLong(words + entry + CompletionLayout.SOURCE));
        }
        Words.putLong(words + entry + CompletionLayout.CONTROL,
            (control & ~(0xFFL << 40) & ~CompletionLayout.IN_ENTRY)
                | ((long) CompletionLayout.OPCODE_VOID << 40));
    }

    private boolean isCrossedOut(final int entry) {
        return CompletionLayout.opcode(Words.getLong(words + entry + CompletionLayout.CONTROL))
            == CompletionLayout.OPCODE_VOID;
    }

    /**
     * Refuses polls from now on; when it returns none is going on.
     *
     * @param begin what comes first while nobody polls; nothing is closed if it throws
     * @throws RnicException BUSY if a handler does not return, INVALID_STATE from inside one
     */
    public void close(final Runnable begin) {
        lock.lockBriefly();
        try {
            begin.run();
            entries.lock();
            closed = true;
            entries.unlock();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link PollLock#awaitHandler}. */
    public void awaitHandler() {
        lock.awaitHandler();
    }

    /** As {@link PollLock#patience}. */
    public void patience(final Duration longest) {
        lock.patience(longest);
    }

    /**
     * Refuses what a handler may not do.
     *
     * @throws RnicException INVALID_STATE if this thread is polling this queue just now
     */
    public void checkNotInHandler() {
        lock.checkNotInHandler();
    }
}
