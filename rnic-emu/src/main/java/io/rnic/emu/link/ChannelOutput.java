package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.rnic.emu.engine.Terminate;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Sends by a channel: what is handed in is copied, and leaves in the event loop. */
final class ChannelOutput implements TcpOutput {
    /** So many bytes may wait. */
    private static final int MAX_PENDING = 1 << 18;
    /** How long a peer may take to end its side too. */
    private static final long LINGER_SECONDS = 5;

    private final DuplexChannel channel;
    private final Runnable whenReady;
    private final StallTimer timer;
    /** Bytes that have left, how often something came when all had, and what of both the timer saw last; locked. */
    private long leftBytes;
    private long seenLeft;
    private long begun;
    private long seenBegun;
    /** Bytes that wait in the channel: changed under this object's lock. */
    private final AtomicInteger pending = new AtomicInteger();
    /** What waits for the event loop, in order, and whether the loop has been asked: under this object's lock. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private boolean asked;
    private final @Nullable CapturedSide captured;
    private boolean finished;
    /** The peer has ended its side too: the channel is closed behind what waits. */
    private boolean closing;
    /** Closes the channel in the end, whatever the peer does: would keep all this in memory when that is done. */
    private @Nullable Future<?> lingering;
    private boolean closed;

    /**
     * The output of a connected channel.
     *
     * @param captured  where it is written down what leaves, null if it is not
     * @param whenReady called by the event loop when there is room again
     * @param stallMs   how long a peer may take nothing of what waits
     * @param drop      ends the connection of one that does; called by the event loop
     */
    ChannelOutput(final DuplexChannel channel, final @Nullable CapturedSide captured, final Runnable whenReady,
        final int stallMs, final Runnable drop) {
        this.channel = channel;
        this.captured = captured;
        this.whenReady = whenReady;
        timer = timer(stallMs, drop);
        channel.closeFuture().addListener(future -> closed());
    }

    private StallTimer timer(final int stallMs, final Runnable drop) {
        return new StallTimer(channel.eventLoop(), stallMs) {
            @Override
            boolean isPending() {
                return pending.get() > 0;
            }

            @Override
            Progress look() {
                return progress(leastBytes());
            }

            @Override
            void drop() {
                drop.run();
            }
        };
    }

    private synchronized StallTimer.Progress progress(final int leastBytes) {
        final boolean isSame = begun == seenBegun;
        final boolean isIdle = isSame && leftBytes == seenLeft && pending.get() == 0;
        final StallTimer.Progress progress = isIdle ? StallTimer.Progress.IDLE
            : isSame && leftBytes - seenLeft < leastBytes && pending.get() > 0 ? StallTimer.Progress.STANDS
            : StallTimer.Progress.MOVES;
        seenBegun = begun;
        seenLeft = leftBytes;
        return progress;
    }

    @Override
    public boolean isDirect() {
        return false;
    }

    @Override
    public int atOnce() {
        return LEAST_AT_ONCE;
    }

    @Override
    public boolean hasRoom() {
        return pending.get() <= MAX_PENDING;
    }

    @Override
    public synchronized int write(final MemorySegment bytes, final int length) {
        if (finished) {
            return Terminate.CONNECTION_LOST;
        }
        final ByteBuf copy = take(length);
        if (copy == null) {
            return lose();
        }
        if (captured != null) {
            captured.sent(bytes.asSlice(0, length));
        }
        MemorySegment.copy(bytes, 0, MemorySegment.ofBuffer(copy.internalNioBuffer(0, length)), 0, length);
        if (pending.getAndAdd(length) == 0) {
            begun++;
        }
        waiting.add(copy.writerIndex(length));
        askLoop();
        timer.arm();
        return Terminate.NONE;
    }

    @Override
    public int write(final Pieces pieces) {
        return Terminate.LOCAL_FAULT; // it is not direct
    }

    /** Memory for what is to leave, null if there is none. */
    private @Nullable ByteBuf take(final int length) {
        if (!Budget.ALL.take(length)) {
            return null;
        }
        try {
            return channel.alloc().directBuffer(length);
        } catch (final VirtualMachineError e) {
            Budget.ALL.giveBack(length);
            return null;
        }
    }

    private int lose() {
        finished = true;
        if (captured != null) {
            captured.ended();
        }
        channel.eventLoop().execute(channel::close);
        return Terminate.CONNECTION_LOST;
    }

    private static void release(final ByteBuf copy) {
        Budget.ALL.giveBack(copy.readableBytes());
        copy.release();
    }

    /** Always by a task: what the loop itself writes at once would overtake what others have asked for. */
    private void askLoop() {
        if (!asked) {
            asked = true;
            channel.eventLoop().execute(this::leave);
        }
    }

    /** In the event loop, which holds no lock meanwhile: what has left may be gone on with at once. */
    private void leave() {
        for (ByteBuf next = next(); next != null; next = next()) {
            final int length = next.readableBytes();
            channel.write(next).addListener(future -> left(length));
        }
        final boolean last;
        synchronized (this) {
            asked = false;
            last = finished && waiting.isEmpty();
            if (!waiting.isEmpty()) {
                askLoop();
            }
        }
        if (last) {
            channel.write(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) future -> end());
        }
        channel.flush();
    }

    private synchronized @Nullable ByteBuf next() {
        return waiting.poll();
    }

    private void end() {
        if (closing) {
            channel.close();
        } else {
            channel.shutdownOutput();
        }
    }

    private void left(final int length) {
        Budget.ALL.giveBack(length);
        synchronized (this) {
            pending.addAndGet(-length);
            leftBytes += length;
            if (finished) {
                linger();
            }
        }
        if (hasRoom()) {
            whenReady.run();
        }
    }

    @Override
    public synchronized void finish() {
        if (!finished) {
            finished = true;
            if (captured != null) {
                captured.ended();
            }
            askLoop();
            linger();
        }
    }

    /** From when all has left: until then it is the timer that drops a peer which takes nothing. */
    private void linger() {
        if (lingering == null && !closed && pending.get() == 0) {
            lingering = channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public synchronized void close() {
        finished = true;
        closing = true;
        askLoop();
        linger();
    }

    private synchronized void closed() {
        finished = true;
        closed = true;
        timer.stop();
        if (lingering != null) {
            lingering.cancel(false);
        }
        waiting.forEach(ChannelOutput::release);
        waiting.clear();
    }
}
