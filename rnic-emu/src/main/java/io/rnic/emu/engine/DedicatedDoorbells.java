package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Diagnosis.Check;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.agrona.BitUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The doorbells of a NIC with a thread of its own: a FIFO of queue pair numbers (an Agrona ring buffer of 4-byte
 * messages), and the agent that takes them. A queue pair that is in the FIFO or being worked on is marked SCHEDULED in
 * its doorbell page and not queued again, so an idle queue pair costs nothing and the FIFO holds each at most once.
 */
public final class DedicatedDoorbells implements Agent {
    private static final int MESSAGE_TYPE = 1;
    private static final int RECORD_BYTES = 16;
    private static final int LIMIT = 16;

    private final Engine engine;
    private final int indexMask;
    private final ManyToOneRingBuffer fifo;
    private final AtomicReferenceArray<@Nullable QueuePairContext> queuePairs;
    private final ThreadLocal<UnsafeBuffer> messages = ThreadLocal.withInitial(() -> new UnsafeBuffer(new byte[4]));
    private final Predicate<QueuePairContext> scheduler = this::schedule;
    private final Predicate<QueuePairContext> finisher = this::finish;
    private final DoorbellIdle idle = new DoorbellIdle(this::hasRung);
    private final MessageHandler handler = (type, buffer, index, length) -> take(buffer.getInt(index));

    /**
     * Creates doorbells.
     *
     * @param engine    does the work
     * @param memory    where the FIFO lies
     * @param indexMask which low bits of a queue pair's number are its index
     */
    public DedicatedDoorbells(final Engine engine, final SharedMemory memory, final int indexMask) {
        this.engine = engine;
        this.indexMask = indexMask;
        queuePairs = new AtomicReferenceArray<>(indexMask + 1);
        final int capacity = BitUtil.findNextPositivePowerOfTwo((indexMask + 1) * RECORD_BYTES * 2);
        final SharedMemory.Block block = memory.allocate(capacity + RingBufferDescriptor.TRAILER_LENGTH);
        fifo = new ManyToOneRingBuffer(
            new UnsafeBuffer(block.segment().address(), capacity + RingBufferDescriptor.TRAILER_LENGTH));
    }

    /** How the thread that takes them idles. */
    public DoorbellIdle idle() {
        return idle;
    }

    private boolean hasRung() {
        return fifo.producerPosition() != fifo.consumerPosition();
    }

    /** The doorbell of a queue pair. */
    public Doorbell of(final QueuePairContext queuePair) {
        queuePairs.setRelease(queuePair.number & indexMask, queuePair);
        return new Bell(queuePair);
    }

    /** Forgets a queue pair that is destroyed. */
    public void forget(final QueuePairContext queuePair) {
        queuePairs.setRelease(queuePair.number & indexMask, null);
    }

    private final class Bell implements Doorbell {
        private final QueuePairContext queuePair;

        Bell(final QueuePairContext queuePair) {
            this.queuePair = queuePair;
        }

        @Override
        public @Nullable BiasedLock sendLock() {
            return null; // who posts does none of the NIC's work
        }

        @Override
        public boolean ringSend() {
            // Either the agent sees the new count after it has cleared SCHEDULED, or SCHEDULED is seen cleared here.
            VarHandle.fullFence();
            if (engine.ifAlive(queuePair, scheduler)) {
                engine.process(queuePair);
            }
            return false;
        }

        @Override
        public void settle() {
            engine.settle();
        }

        @Override
        public void ringReceiveInError() {
            engine.flushReceives(queuePair);
        }

        @Override
        public void ringUnplaced(final int slotNumber) {
            engine.unplaced(queuePair, slotNumber);
        }
    }

    /** Returns whether there was no room: the caller does the work itself then, when it has left the NIC's work. */
    private boolean schedule(final QueuePairContext queuePair) {
        return Words.getIntVolatile(queuePair.page + DoorbellLayout.SCHEDULED) == 0
            && Words.compareAndSetInt(queuePair.page + DoorbellLayout.SCHEDULED, 0, 1) && !enqueue(queuePair);
    }

    /** A FIFO full of queue pairs that were closed meanwhile has no room. */
    private boolean enqueue(final QueuePairContext queuePair) {
        final UnsafeBuffer message = messages.get();
        message.putInt(0, queuePair.number);
        if (fifo.write(MESSAGE_TYPE, message, 0, Integer.BYTES)) {
            idle.wake();
            return true;
        }
        Words.putIntVolatile(queuePair.page + DoorbellLayout.SCHEDULED, 0);
        return false;
    }

    @Override
    public int doWork() {
        return fifo.read(handler, LIMIT);
    }

    private void take(final int number) {
        final QueuePairContext queuePair = queuePairs.getAcquire(number & indexMask);
        if (queuePair != null && queuePair.number == number) {
            try {
                work(queuePair);
            } catch (final Throwable e) { // its owner must not wait for ever; the others go on
                try {
                    engine.error(queuePair, Check.NIC);
                } finally {
                    workedOn(queuePair); // what is posted from now on rings again
                }
                throw e;
            }
        }
    }

    private void work(final QueuePairContext queuePair) {
        engine.processBatch(queuePair);
        workedOn(queuePair);
    }

    private void workedOn(final QueuePairContext queuePair) {
        if (engine.ifAlive(queuePair, finisher)) {
            engine.process(queuePair);
        }
    }

    /** More to do: behind the others. Nothing to do: unmark it, and look once more. Returns as {@link #schedule}. */
    private boolean finish(final QueuePairContext queuePair) {
        if (queuePair.hasSendWork()) {
            return !enqueue(queuePair);
        }
        Words.putIntVolatile(queuePair.page + DoorbellLayout.SCHEDULED, 0);
        return queuePair.hasSendWork() && schedule(queuePair);
    }

    @Override
    public String roleName() {
        return "rnic";
    }
}
