package io.rnic.fuzz;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A queue pair of a real engine, connected by a {@link TcpStream} over a {@link HandChannel}, and memory with guard
 * zones:
 *
 * <pre>
 *   guard | open: the peer may do all | guard | may be read | guard | receives | sinks | guard
 * </pre>
 */
final class StreamRig implements AutoCloseable {
    private static final byte FILLER = 0x77;
    private static final long FILLED = 0x7777777777777777L;
    private static final int OPEN_AT = 1024;
    private static final int OPEN_BYTES = 1024;
    private static final int RECEIVE_BYTES = 64;
    private static final int SINK_BYTES = 32;
    /** Receives at most. */
    static final int MAX_EACH = 3;
    private static final int MAX_SENDS = 6;

    private static final int READABLE_AT = 2560;
    private static final int READABLE_BYTES = 256;
    private static final int LOCAL_AT = 3072;
    private static final int SINKS_AT = LOCAL_AT + MAX_EACH * RECEIVE_BYTES;
    private static final int LOCAL_BYTES = MAX_EACH * RECEIVE_BYTES + MAX_SENDS * SINK_BYTES;
    private static final int BYTES = 4096;
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 32;
    private static final int COMPLETION_QUEUE = 33;
    private static final int REQUESTS = 8;
    static final int READS = 4;
    private static final int REGIONS = 64;

    private static final MemorySegment MEMORY = Arena.global().allocate(BYTES, BYTES);
    private static final Dma DMA = new Dma(REGIONS);
    private static final StagTable STAGS = new StagTable(REGIONS, BYTES, DMA);
    private static final Engine ENGINE = new Engine(STAGS, DMA, 1);
    private static final SharedMemory BLOCKS = new SharedMemory();
    private static final QueueLimits LIMITS = new QueueLimits(REQUESTS, REQUESTS, 1, 1, 0, 1 << 20, true);

    private final MemoryEntry open = region(OPEN_AT, OPEN_BYTES, Access.values());
    private final MemoryEntry readable = region(READABLE_AT, READABLE_BYTES, Access.REMOTE_READ);
    private final MemoryEntry local = region(LOCAL_AT, LOCAL_BYTES, Access.LOCAL_WRITE);
    private final QueueBlocks queue = QueueBlocks.allocate(BLOCKS, LIMITS);
    private final SharedMemory.Block ring =
        BLOCKS.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES);
    private final HostQueuePair host;
    private final QueuePairContext nic;
    private final CompletionReader reader;
    private final HandChannel channel = new HandChannel();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final TcpStream stream;
    private final long[] completed = new long[2 * REQUESTS];
    private int sends;
    private int receives;

    StreamRig(final TcpStream.Agreement agreed) {
        MEMORY.fill(FILLER);
        final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
        final AsyncEvents events = new AsyncEvents("fuzz");
        final CompletionWriter writer = new CompletionWriter(ring, COMPLETIONS, COMPLETION_QUEUE, null, events);
        reader = new CompletionReader(ring, COMPLETIONS, COMPLETION_QUEUE, queuePairs);
        nic = new QueuePairContext(ENGINE, 1, DOMAIN, -1, false, queue, LIMITS, writer, writer, events, null);
        host = new HostQueuePair(1, queue, LIMITS, nic.invokerDoorbell(), () -> { });
        queuePairs.add(host);
        nic.reads(new ReadLimits(READS, READS));
        stream = new TcpStream(ENGINE, FaultPlan.NONE, nic, List.of(), channel, null, agreed);
        nic.move(QueuePairState.INIT, QueuePairState.RTS);
    }

    private static MemoryEntry region(final int at, final int bytes, final Access... access) {
        return STAGS.add(MEMORY.asSlice(at, bytes), DOMAIN, Access.bits(access), true);
    }

    Traffic.Target target() {
        return new Traffic.Target(
            open.stag(), open.address(), OPEN_BYTES, local.stag(), MEMORY.address() + SINKS_AT, SINK_BYTES);
    }

    void receive() {
        post(host.receives().post(new ReceiveRequest().receive(REQUESTS + receives).sge(
            MEMORY.address() + LOCAL_AT + (long) receives * RECEIVE_BYTES, RECEIVE_BYTES, local.stag())));
        receives++;
    }

    void read() {
        post(host.sends().post(new SendRequest().read(sends, 0x1000, 1).sge(
            MEMORY.address() + SINKS_AT + (long) sends * SINK_BYTES, SINK_BYTES, local.stag())));
        sends++;
    }

    void atomic() {
        post(host.sends().post(new SendRequest().fetchAndAdd(sends, 0x1000, 1, 5).sge(
            MEMORY.address() + SINKS_AT + (long) sends * SINK_BYTES, Long.BYTES, local.stag())));
        sends++;
    }

    /** Not of the open region: the peer may invalidate that, and then the Send fails here. */
    void send() {
        post(host.sends().post(new SendRequest().send(sends).sge(local.address(), SINK_BYTES, local.stag())));
        sends++;
    }

    private static void post(final PostResult result) {
        Checks.that(result == PostResult.OK, () -> "refused: " + result);
    }

    /** Bytes come; returns whether the connection is still there. */
    boolean arrive(final byte[] bytes, final int offset, final int length) {
        final ByteBuf buffer = Unpooled.directBuffer(length).writeBytes(bytes, offset, length);
        stream.read(buffer);
        buffer.release();
        runLoop();
        return nic.state() != QueuePairState.ERROR;
    }

    /** The memory for what is to leave is gone. */
    void loseMemory() {
        channel.config().setAllocator(new AbstractByteBufAllocator(true) {
            @Override
            protected ByteBuf newHeapBuffer(final int initialCapacity, final int maxCapacity) {
                throw new OutOfMemoryError("for a test");
            }

            @Override
            protected ByteBuf newDirectBuffer(final int initialCapacity, final int maxCapacity) {
                throw new OutOfMemoryError("for a test");
            }

            @Override
            public boolean isDirectBufferPooled() {
                return false;
            }
        });
    }

    /** Time passes in the event loop, and nowhere else. */
    void pass(final int milliseconds) {
        channel.advanceTimeBy(milliseconds, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        runLoop();
    }

    /** Whether this side has not closed the connection. */
    boolean isOpen() {
        return channel.isOpen();
    }

    /** The peer sends no more. */
    void end() {
        stream.ended();
        runLoop();
    }

    private void runLoop() {
        channel.runPendingTasks();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            final byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes).release();
            sent.writeBytes(bytes);
        }
        channel.checkException();
    }

    byte[] sent() {
        return sent.toByteArray();
    }

    byte[] memory() {
        return MEMORY.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Whatever came, only these may have changed: the open region, receives that were posted, sinks of Reads. */
    void checkGuards() {
        checkUnchanged(0, OPEN_AT);
        checkUnchanged(OPEN_AT + OPEN_BYTES, LOCAL_AT);
        checkUnchanged(LOCAL_AT + receives * RECEIVE_BYTES, SINKS_AT);
        checkUnchanged(SINKS_AT + sends * SINK_BYTES, BYTES);
    }

    private static void checkUnchanged(final int from, final int to) {
        for (int at = from; at < to; at += Long.BYTES) {
            if (MEMORY.get(ValueLayout.JAVA_LONG, at) != FILLED) {
                throw new AssertionError("memory that is nobody's has changed at " + at);
            }
        }
    }

    /** After the end every request has completed, once. */
    void checkCompletions() {
        Checks.that(nic.state() == QueuePairState.ERROR, () -> "it is in " + nic.state());
        int polled = 1;
        while (polled > 0) {
            polled = reader.poll(completion -> completed[(int) completion.wrId()]++, COMPLETIONS);
        }
        for (int i = 0; i < completed.length; i++) {
            final int which = i;
            final boolean posted = i < REQUESTS ? i < sends : i - REQUESTS < receives;
            Checks.that(completed[i] == (posted ? 1 : 0), () -> "request " + which + " has completed "
                + completed[which] + " times; posted: " + sends + " sends, " + receives + " receives");
        }
    }

    @Override
    public void close() {
        host.close();
        ENGINE.destroy(nic);
        runLoop();
        channel.close();
        STAGS.remove(open);
        STAGS.remove(readable);
        STAGS.remove(local);
        queue.release(BLOCKS);
        BLOCKS.release(ring);
    }
}
