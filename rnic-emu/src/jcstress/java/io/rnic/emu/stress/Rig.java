package io.rnic.emu.stress;

import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.EventChannel;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.ReceiveSlotLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair and its completion queue, as small as a scenario needs them: both halves of each, and the memory
 * between. The engine and one registered region are shared by all.
 *
 * <pre>
 *   HostQueuePair     -- blocks --&gt; QueuePairContext
 *   CompletionReader &lt;-- ring ----- CompletionWriter
 * </pre>
 */
final class Rig {
    /** The number of every queue pair. */
    static final int QUEUE_PAIR = 1;
    /** The number of every completion queue. */
    static final int COMPLETION_QUEUE = 33;

    private static final int DOMAIN = 7;
    private static final int PAGE_BYTES = 4096;
    private static final byte RUBBISH = (byte) 0xA5;
    private static final int CELL_BYTES = 64;
    private static final int CELLS = 1 << 17;
    private static final AtomicLong NEXT_CELL = new AtomicLong();
    private static final int BLOCKS = 1 << 17;
    private static final long BLOCK_BYTES = 1024;
    private static final AtomicLong NEXT_BLOCK = new AtomicLong();
    private static final MemorySegment BLOCK_MEMORY = Arena.global().allocate(BLOCKS * BLOCK_BYTES, BLOCK_BYTES);

    /** More than there are states at a time that have registered something. */
    private static final int REGIONS = 1 << 16;
    private static final Dma DMA = new Dma(REGIONS);
    private static final StagTable STAGS = new StagTable(REGIONS, PAGE_BYTES, DMA);
    private static final MemorySegment REGION = Arena.ofAuto().allocate((long) CELL_BYTES * CELLS, PAGE_BYTES);
    /** The same memory, of which nobody knows that it lasts. */
    private static final MemorySegment ALIAS = MemorySegment.ofAddress(REGION.address()).reinterpret(REGION.byteSize());
    private static final MemoryEntry ENTRY = STAGS.add(REGION, DOMAIN, Access.LOCAL_WRITE.bit(), true);

    /** Does the NIC's work for all. */
    static final Engine ENGINE = new Engine(STAGS, DMA, 1);

    final QueuePairContext nic;
    final HostQueuePair host;
    final CompletionWriter writer;
    final CompletionReader reader;

    private Rig(final int requests, final int completions, final Function<QueuePairContext, Doorbell> doorbell,
        final @Nullable EventChannel channel, final @Nullable SharedRig shared) {
        final SharedMemory.Block ring =
            block(CompletionLayout.ENTRIES + completions * CompletionLayout.ENTRY_BYTES);
        writer = new CompletionWriter(ring, completions, COMPLETION_QUEUE, channel, new AsyncEvents("test"));
        final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
        reader = new CompletionReader(ring, completions, COMPLETION_QUEUE, queuePairs);
        final QueueLimits asked = new QueueLimits(requests, requests, 1, 1, Long.BYTES, 1 << 20, true);
        final QueueLimits limits = shared == null ? asked : asked.withoutReceives();
        final QueueBlocks blocks = blocks(limits);
        nic = new QueuePairContext(ENGINE, QUEUE_PAIR, DOMAIN, -1, false, blocks, limits, writer, writer,
            new AsyncEvents("stress"), shared == null ? null : shared.nic);
        host = new HostQueuePair(QUEUE_PAIR, blocks, limits, doorbell.apply(nic), () -> { },
            shared == null ? null : shared.host);
        queuePairs.add(host);
    }

    /**
     * A queue pair in INIT with slots full of rubbish, whose doorbell is heard by nobody.
     *
     * @param requests    what each of its queues holds
     * @param completions what its completion queue holds, a power of two
     */
    static Rig of(final int requests, final int completions) {
        return of(requests, completions, nic -> new UnheardDoorbell());
    }

    /** The same with another doorbell. */
    static Rig of(final int requests, final int completions, final Function<QueuePairContext, Doorbell> doorbell) {
        return new Rig(requests, completions, doorbell, null, null);
    }

    /** The same with a channel for the events of the completion queue. */
    static Rig of(final int requests, final int completions, final EventChannel channel) {
        return new Rig(requests, completions, nic -> new UnheardDoorbell(), channel, null);
    }

    /** A queue pair that takes its receives from a shared queue. */
    static Rig of(final SharedRig shared, final int completions) {
        return new Rig(1, completions, nic -> new UnheardDoorbell(), null, shared);
    }

    /** A region of a cell of its own, for the peer to write; of every other it is not known that its memory lasts. */
    static MemoryEntry register(final long cell) {
        final long offset = cell - REGION.address();
        return STAGS.add((offset / CELL_BYTES % 2 == 0 ? REGION : ALIAS).asSlice(offset, Long.BYTES), DOMAIN,
            Access.bits(Access.LOCAL_WRITE, Access.REMOTE_WRITE), true);
    }

    /** Revokes its STag and closes its window; who uses it goes on until it leaves the NIC's work. */
    static void deregister(final MemoryEntry entry) {
        STAGS.remove(entry);
    }

    /** Revokes its STag alone. */
    static void invalidate(final MemoryEntry entry) {
        STAGS.invalidate(entry.stag(), DOMAIN, false);
    }

    private static QueueBlocks blocks(final QueueLimits limits) {
        final SharedMemory.Block send = block(QueueBlocks.slots(limits.maxSendRequests())
            * SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes()));
        final SharedMemory.Block receive = block(QueueBlocks.slots(limits.maxReceiveRequests())
            * ReceiveSlotLayout.stride(limits.maxReceiveSges()));
        send.segment().fill(RUBBISH);
        receive.segment().fill(RUBBISH);
        return new QueueBlocks(send, receive, block(DoorbellLayout.BYTES));
    }

    /**
     * Memory like that of {@link SharedMemory}, but nobody gives it back, for there are millions of states: a place is
     * used again when many thousands have been used since.
     */
    static SharedMemory.Block block(final int bytes) {
        final long place = NEXT_BLOCK.getAndIncrement() & (BLOCKS - 1);
        final MemorySegment segment = BLOCK_MEMORY.asSlice(place * BLOCK_BYTES, bytes).fill((byte) 0);
        return new SharedMemory.Block(segment);
    }

    /** A place of 8 bytes in the region, not used by another state for a long time. */
    static long cell() {
        return REGION.address() + (NEXT_CELL.getAndIncrement() & (CELLS - 1)) * CELL_BYTES;
    }

    /** The memory of a cell, which lasts. */
    static MemorySegment memory(final long cell) {
        return REGION.asSlice(cell - REGION.address(), Long.BYTES);
    }

    /** What is in a cell. */
    static long get(final long cell) {
        return REGION.get(ValueLayout.JAVA_LONG, cell - REGION.address());
    }

    /** Fills a cell. */
    static void set(final long cell, final long value) {
        REGION.set(ValueLayout.JAVA_LONG, cell - REGION.address(), value);
    }

    /** The key of the region that the cells are in. */
    static int key() {
        return ENTRY.stag();
    }

    /** Connects it to a far end. */
    Rig connect(final SequenceLink link) {
        nic.connect(link);
        nic.move(QueuePairState.INIT, QueuePairState.RTS);
        return this;
    }

    /** Connects it to another one, by a link that only delivers. */
    Rig connect(final Rig peer) {
        LoopbackLink.connect(ENGINE, FaultPlan.NONE, null, nic, peer.nic);
        nic.move(QueuePairState.INIT, QueuePairState.RTS);
        peer.nic.move(QueuePairState.INIT, QueuePairState.RTS);
        return this;
    }

    /** The peer's NIC delivers a message of 8 bytes. */
    int deliver(final MemorySegment message) {
        return ENGINE.receiveSide().send(nic.receiveFlow(), message, 0, Long.BYTES, 0, true);
    }
}
