package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.LinePadding;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SeparateLock;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The NIC's half of a completion queue. Several queue pairs may report here from several threads; the lock is free
 * while it is one thread.
 */
public final class CompletionWriter extends LinePadding {
    /** Reported. */
    public static final int REPORTED = 0;
    /** The queue is full: the completion is lost and the queue unusable. */
    public static final int LOST = 1;
    /** The message's memory is gone; nothing was reported. */
    public static final int SOURCE_FAULT = 2;

    /** Where no more room than that is known, the host's count is looked at. */
    private static final int SMALL_ROOM = 128;

    private long words;
    private MemorySegment segment;
    private int mask;
    private int shift;
    /** What {@link #claimNext}, which holds no lock, may claim: valid for the old and the new ring during a resize. */
    private int claimMask;
    private final int number;
    private final @Nullable EventChannel channel;
    private final AsyncEvents events;
    private final BiasedLock lock = new SeparateLock();
    private final long last;
    private long position;
    /** Where it was when messages that follow each other began. */
    private long begun;
    /** Up to here entries may be written, as far as is known. */
    private long end;
    private boolean overrun;

    /** Creates the NIC's half of a queue that overruns only when it is full. */
    public CompletionWriter(final SharedMemory.Block block, final int slots, final int number,
        final @Nullable EventChannel channel, final AsyncEvents events) {
        this(block, slots, number, channel, events, Long.MAX_VALUE);
    }

    /**
     * Creates the NIC's half.
     *
     * @param block   {@link CompletionLayout} with {@code slots} entries, a power of two
     * @param slots   how many completions it holds
     * @param number  the completion queue's number, which its events bear
     * @param channel where its events go, if anywhere
     * @param events  where it is told that it overran
     * @param overrun at which completion, from 1, it is to overrun though it is not full; Long.MAX_VALUE for never
     */
    public CompletionWriter(final SharedMemory.Block block, final int slots, final int number,
        final @Nullable EventChannel channel, final AsyncEvents events, final long overrun) {
        words = block.address();
        segment = block.segment();
        mask = slots - 1;
        claimMask = mask;
        shift = Integer.numberOfTrailingZeros(slots);
        this.number = number;
        this.channel = channel;
        this.events = events;
        last = overrun - 1;
        end = Math.min(slots, last);
    }

    /**
     * Reports that a request is done.
     *
     * @return false if the queue is full: the completion is lost and the queue unusable
     */
    public boolean push(final CompletionOpcode opcode, final CompletionStatus status, final int byteLength,
        final int queuePairNumber, final int slotNumber, final int vendorError) {
        lock.lock();
        try {
            if (isUnusable()) {
                return false;
            }
            final int entry = CompletionLayout.entry(position, mask);
            if (status != CompletionStatus.SUCCESS) {
                Words.putInt(words + entry + CompletionLayout.VENDOR, vendorError);
            }
            publish(entry, CompletionLayout.control(byteLength, status.code(), opcode.code()), queuePairNumber,
                slotNumber);
        } finally {
            lock.unlock();
        }
        notifyIfArmed(status != CompletionStatus.SUCCESS);
        return true;
    }

    /**
     * Reports a receive whose message brings something along, or is solicited.
     *
     * @param carried   {@link CompletionLayout#IMMEDIATE}, {@link CompletionLayout#INVALIDATED} or 0
     * @param value     what it brings
     * @param solicited whether it makes an event also where only such are asked for
     * @return false if the queue is full: the completion is lost and the queue unusable
     */
    public boolean pushReceive(final CompletionOpcode opcode, final int byteLength, final int queuePairNumber,
        final int slotNumber, final long carried, final long value, final boolean solicited) {
        lock.lock();
        try {
            if (isUnusable()) {
                return false;
            }
            final int entry = CompletionLayout.entry(position, mask);
            Words.putLong(words + entry + CompletionLayout.PAYLOAD, value);
            publish(entry, carried | CompletionLayout.control(byteLength, CompletionStatus.SUCCESS.code(),
                opcode.code()), queuePairNumber, slotNumber);
        } finally {
            lock.unlock();
        }
        notifyIfArmed(solicited);
        return true;
    }

    /**
     * Reports a message of at most {@link CompletionLayout#MAX_PAYLOAD_BYTES} bytes that travels in the entry: the host
     * places it when it polls. So the message moves one line from core to core and not two.
     *
     * @return {@link #REPORTED}, {@link #LOST} or {@link #SOURCE_FAULT}
     */
    public int pushMessage(final MemorySegment source, final long sourceOffset, final int length,
        final int queuePairNumber, final int slotNumber) {
        final boolean interrupted = InterruptStatus.isSet();
        beginMessages();
        try {
            return putMessage(source, sourceOffset, length, queuePairNumber, slotNumber) ? REPORTED : LOST;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return SOURCE_FAULT; // as in Dma.copy
        } finally {
            endMessages();
        }
    }

    /** Takes the lock for messages that follow each other. */
    public void beginMessages() {
        lock.lock();
        begun = position;
    }

    /** Gives the lock back; an event tells of the messages, if one was asked for. */
    public void endMessages() {
        final boolean any = position != begun;
        lock.unlock();
        if (any) {
            notifyIfArmed(false);
        }
    }

    /** How many completions it takes before it overruns, if nobody else reports any and the host polls none. */
    public int room() {
        lock.lock();
        try {
            return overrun || (position + SMALL_ROOM > end && isFull()) ? 0
                : (int) Math.min(end - position, Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same as {@link #pushMessage}, between {@link #beginMessages} and {@link #endMessages}. If the memory of the
     * message is gone it throws what {@link MemorySegment#get} throws, and nothing was reported.
     *
     * @return false if it is lost
     */
    public boolean putMessage(final MemorySegment source, final long sourceOffset, final int length,
        final int queuePairNumber, final int slotNumber) {
        if (isUnusable()) {
            return false;
        }
        final int entry = CompletionLayout.entry(position, mask);
        CarriedMessage.leave(source, sourceOffset, words + entry + CompletionLayout.PAYLOAD, length);
        MemoryFaults.settle();
        publishMessage(entry, length, queuePairNumber, slotNumber);
        return true;
    }

    /** The same of a message in memory that lasts, by its address. */
    public boolean putMessage(
        final long source, final int length, final int queuePairNumber, final int slotNumber) {
        if (isUnusable()) {
            return false;
        }
        final int entry = CompletionLayout.entry(position, mask);
        Words.copy(source, words + entry + CompletionLayout.PAYLOAD, length);
        publishMessage(entry, length, queuePairNumber, slotNumber);
        return true;
    }

    private void publishMessage(final int entry, final int length, final int queuePairNumber, final int slotNumber) {
        publish(entry, CompletionLayout.IN_ENTRY | CompletionLayout.control(length,
            CompletionStatus.SUCCESS.code(), CompletionOpcode.RECEIVE.code()), queuePairNumber, slotNumber);
    }

    /**
     * Asks for the line of the next entry, while there is still something to do before it is written: the reader, who
     * polls it, has a copy, and to take that away is what a short message waits for. The word that is written is always
     * 0, so it does no harm that the lock is not held.
     */
    public void claimNext() {
        Words.putInt(words + CompletionLayout.entry(position, claimMask) + CompletionLayout.ZERO, 0);
    }

    /**
     * A resize begins, or has not come about: {@link #claimNext} keeps to so many entries, from the next grace period
     * on.
     */
    public void claimWithin(final int slots) {
        claimMask = Math.min(mask, slots - 1);
    }

    /** A resize has ended, and so has the grace period behind it: nobody uses the old ring any more. */
    public void claimAll() {
        claimMask = mask;
    }

    /**
     * Moves to another ring with what is unpolled, from position {@code from} on; the caller holds the reader's locks.
     *
     * @param slots entries of the new ring, a power of two
     * @param limit how many may be unpolled
     * @return how many are; nothing is moved if those are more than the limit
     */
    long moveTo(final SharedMemory.Block target, final int slots, final long from, final int limit) {
        lock.lock();
        try {
            final long unpolled = position - from;
            if (unpolled <= limit) {
                copyTo(target, slots, from);
                words = target.address();
                segment = target.segment();
                mask = slots - 1;
                shift = Integer.numberOfTrailingZeros(slots);
                end = Math.min(from + slots, last);
            }
            return unpolled;
        } finally {
            lock.unlock();
        }
    }

    private void copyTo(final SharedMemory.Block target, final int slots, final long from) {
        final long to = target.address();
        final int newShift = Integer.numberOfTrailingZeros(slots);
        for (long at = from; at < from + slots; at++) {
            final int entry = CompletionLayout.entry(at, slots - 1);
            final long phase = CompletionLayout.phase(at, newShift);
            if (at < position) {
                final int old = CompletionLayout.entry(at, mask);
                MemorySegment.copy(segment, old, target.segment(), entry, CompletionLayout.ENTRY_BYTES);
                Words.putLong(to + entry + CompletionLayout.CONTROL,
                    (Words.getLong(words + old + CompletionLayout.CONTROL) & Long.MAX_VALUE) | phase);
            } else {
                Words.putLong(to + entry + CompletionLayout.CONTROL, ~phase & Long.MIN_VALUE); // not written yet
            }
        }
        Words.putLongRelease(to + CompletionLayout.CONSUMED, from);
        Words.putIntVolatile(to + CompletionLayout.OVERRUN, Words.getIntVolatile(words + CompletionLayout.OVERRUN));
        // Who has just written an entry may still look for ARMED in the old ring: so what is there is told here.
        final int armed = Words.getIntVolatile(words + CompletionLayout.ARMED);
        if (armed != 0 && Words.compareAndSetInt(words + CompletionLayout.ARMED, armed, 0)) { // else told just now
            if (position != from && channel != null) {
                channel.post(number);
            } else {
                Words.putIntVolatile(to + CompletionLayout.ARMED, armed);
            }
        }
    }

    private void publish(final int entry, final long control, final int queuePairNumber, final int slotNumber) {
        Words.putLong(
            words + entry + CompletionLayout.SOURCE, (slotNumber & 0xFFFF_FFFFL) | ((long) queuePairNumber << 32));
        // Release: the entry and the message's bytes come before it. Pairs with the reader's load acquire.
        Words.putLongRelease(
            words + entry + CompletionLayout.CONTROL, control | CompletionLayout.phase(position, shift));
        position++;
    }

    private boolean isUnusable() {
        if (overrun || (position >= end && isFull())) {
            setOverrun();
            return true;
        }
        return false;
    }

    private boolean isFull() {
        end = Math.min(Words.getLongVolatile(words + CompletionLayout.CONSUMED) + mask + 1, last);
        return position >= end;
    }

    /** Whether it overran though it is not full, for that was asked for. */
    public boolean isOverrunInjected() {
        return position >= last;
    }

    private void setOverrun() {
        if (!overrun) {
            overrun = true;
            Words.putIntVolatile(words + CompletionLayout.OVERRUN,
                isOverrunInjected() ? CompletionLayout.OVERRUN_INJECTED : CompletionLayout.OVERRUN_FULL);
            events.post(AsyncEventType.CQ_ERR, number);
        }
    }

    /**
     * Whoever arms runs a barrier over all threads, so the processor needs no fence between the entry's store and this
     * load; the one here keeps the compiler from changing their order.
     */
    private void notifyIfArmed(final boolean solicited) {
        if (channel != null) {
            VarHandle.acquireFence();
            if (Words.getIntVolatile(words + CompletionLayout.ARMED) != 0) {
                notify(channel, solicited);
            }
        }
    }

    /** Once more where the host arms for any just now, or another thread notifies. */
    private void notify(final EventChannel events, final boolean solicited) {
        int armed = Words.getIntVolatile(words + CompletionLayout.ARMED);
        while (armed == CompletionLayout.ARMED_FOR_ANY || (solicited && armed != 0)) {
            if (Words.compareAndSetInt(words + CompletionLayout.ARMED, armed, 0)) {
                events.post(number);
                return;
            }
            armed = Words.getIntVolatile(words + CompletionLayout.ARMED);
        }
    }
}
