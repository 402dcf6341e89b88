package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.QueueShape;
import io.rnic.emu.queue.Words;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How far the NIC has taken a send queue; on lines of its own.
 *
 * <p>It is the queue pair's doorbell too, where the thread that rings does the NIC's work: who posts is the NIC then,
 * so one lock covers both. A queue pair is closed for posts before it is destroyed, so who rings under the lock finds
 * it alive.
 */
final class SendFlow extends Flow implements Doorbell {
    final MemorySegment segment;

    long reads;
    long readBytes;
    long atomics;
    /** Who worked on it last: the next one is often the same. */
    @Nullable EngineThread recent;
    /** The region that was sent from last. */
    @Nullable MemoryEntry source;
    /** The connection, if it delivers at once. Plain, as {@link QueuePairContext#stream}. */
    @Nullable DirectLink direct;
    /** What is behind the connection, if that does nothing but deliver: requests of one piece pass it by. */
    @Nullable ReceiveFlow near;

    private final Engine engine;

    SendFlow(final QueuePairContext queuePair, final Engine engine, final QueueBlocks blocks, final QueueLimits limits,
        final CompletionWriter completions) {
        super(queuePair, blocks, QueueShape.of(limits), completions, blocks.send().address());
        this.engine = engine;
        segment = blocks.send().segment();
    }

    @Override
    public BiasedLock sendLock() {
        return this;
    }

    @Override
    public void expectSend() {
        engine.expectSend(this);
    }

    @Override
    public boolean ringSend() {
        return engine.processLocked(this);
    }

    @Override
    public boolean carriesSends() {
        final ReceiveFlow peer = near;
        return peer != null && peer.carriesMessages();
    }

    @Override
    public int push(final long number, final long control, final long address, final int lkey,
        final long remoteAddress, final int rkey) {
        if (number != taken) {
            return REFUSED; // something waits before it
        }
        taken++; // as the host, which counts it first: whatever is thrown, nobody takes its slot for a request
        final int pushed = engine.push(this, control, address, lkey, remoteAddress, rkey);
        if (pushed == REFUSED) {
            taken--;
        }
        return pushed;
    }

    @Override
    public int push(final long number, final long requests, final int count) {
        if (number != taken) {
            return 0;
        }
        taken += count; // as above; where an error is thrown, those behind are lost with it
        final int pushed = engine.push(this, requests, count);
        taken -= count - pushed;
        return pushed;
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

    /** The code of the queue pair's state. */
    int state() {
        return Words.getIntVolatile(page + DoorbellLayout.STATE);
    }

    /** Where the slot of the next request begins. */
    int slot() {
        return ((int) taken & shape.sendMask()) * shape.sendStride();
    }

    /** Where the slot of a request begins. */
    int slot(final long number) {
        return ((int) number & shape.sendMask()) * shape.sendStride();
    }

    /**
     * How many requests are posted; pairs with the host's store release. The count is in memory that the host writes:
     * one that promises more requests than there are slots is taken for what is taken already.
     */
    long posted() {
        final long posted = Words.getLongVolatile(page + DoorbellLayout.SEND_COUNT);
        final long had = taken; // after the count, so that what was posted into a slot again was taken before
        return Long.compareUnsigned(posted - had, shape.sendMask() + 1L) <= 0 ? posted : had;
    }

    /** Whether something is posted that is not taken: for a thread that does not hold the lock. */
    boolean hasWork() {
        final long posted = Words.getLongVolatile(page + DoorbellLayout.SEND_COUNT);
        final long waiting = posted - taken;
        return waiting != 0 && Long.compareUnsigned(waiting, shape.sendMask() + 1L) <= 0;
    }

    /** The oldest request whose place was not used again. */
    long oldest() {
        return Math.max(0, posted() - shape.sendMask() - 1);
    }

    @Override
    void addTo(final Counters sum) {
        sum.add(seldom);
        sum.sends += untagged;
        sum.sendBytes += untaggedBytes;
        sum.writes += writes;
        sum.writeBytes += writeBytes;
        sum.reads += reads;
        sum.readBytes += readBytes;
        sum.atomics += atomics;
    }

    void forgetPositions() {
        taken = 0;
        direct = null;
        near = null;
    }
}
