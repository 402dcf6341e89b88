package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.rnic.emu.engine.Terminate;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that leave by a connection, in the order in which they are handed in, whole FPDUs each time.
 *
 * <pre>
 *   write -- socket has room ------------------------&gt; socket, in the thread that writes
 *        `-- it has not: the rest is copied --&gt; channel --&gt; socket, in the event loop; no room meanwhile
 * </pre>
 *
 * <p>No memory of the application is looked at after a write has returned.
 */
final class TcpOutput {
    /** So many bytes may wait in a channel whose socket is written by the event loop alone. */
    private static final int MAX_PENDING = 1 << 18;
    /** How long a peer may take to end its side too. */
    private static final long LINGER_SECONDS = 5;

    private final DuplexChannel channel;
    private final @Nullable DirectSocket socket;
    private final Runnable whenReady;
    /** Bytes that wait in the channel: changed under this object's lock. */
    private final AtomicInteger pending = new AtomicInteger();
    /** What waits for the event loop, in order, and whether the loop has been asked: under this object's lock. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private boolean asked;
    private final @Nullable CapturedSide captured;
    private boolean finished;
    /** The peer has ended its side too: the channel is closed behind what waits. */
    private boolean closing;

    /**
     * The output of a connected channel.
     *
     * @param captured  where it is written down what leaves, null if it is not
     * @param whenReady called by the event loop when there is room again
     */
    TcpOutput(final DuplexChannel channel, final @Nullable CapturedSide captured, final Runnable whenReady) {
        this.channel = channel;
        this.captured = captured;
        this.whenReady = whenReady;
        socket = TcpTransport.directSocket(channel);
        channel.closeFuture().addListener(future -> closed());
    }

    /** Whether bytes are written straight from where they are. */
    boolean isDirect() {
        return socket != null;
    }

    /** Whether a write would be taken without much waiting. */
    boolean hasRoom() {
        return pending.get() <= (socket == null ? MAX_PENDING : 0);
    }

    /** Takes bytes from the beginning of a segment; returns {@link Terminate#NONE} or CONNECTION_LOST. */
    synchronized int write(final MemorySegment bytes, final int length) {
        if (finished) {
            return Terminate.CONNECTION_LOST;
        }
        if (captured != null) {
            captured.sent(bytes.asSlice(0, length));
        }
        int done = 0;
        if (socket != null && pending.get() == 0) {
            try {
                int written = socket.write(bytes.address(), length);
                while (written > 0 && done + written < length) {
                    done += written;
                    written = socket.write(bytes.address() + done, length - done);
                }
                done += written;
            } catch (final IOException e) {
                return lose();
            }
        }
        if (done < length) {
            queue(bytes.asSlice(done, length - done), length - done);
        }
        return Terminate.NONE;
    }

    /**
     * Takes bytes from several places; only if {@link #isDirect}.
     *
     * @return as {@link #write}, or LOCAL_FAULT if some place is gone: the connection cannot go on then
     */
    synchronized int write(final MemorySegment[] sources, final long[] offsets, final int[] lengths, final int count) {
        if (finished || socket == null) {
            return Terminate.CONNECTION_LOST;
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            socket.piece(i, sources[i].address() + offsets[i], lengths[i]);
            total += lengths[i];
            if (!sources[i].scope().isAlive()) {
                return Terminate.LOCAL_FAULT;
            }
        }
        try {
            capture(sources, offsets, lengths, count);
            final long done = pending.get() == 0 ? socket.writePieces(count) : 0;
            if (done < total) {
                queueRest(sources, offsets, lengths, count, done);
            }
            return Terminate.NONE;
        } catch (final IOException | IllegalStateException | InternalError e) {
            return lose(sources, count);
        }
    }

    private void capture(
        final MemorySegment[] sources, final long[] offsets, final int[] lengths, final int count) {
        if (captured != null) {
            final MemorySegment[] pieces = new MemorySegment[count];
            for (int i = 0; i < count; i++) {
                pieces[i] = sources[i].asSlice(offsets[i], lengths[i]);
            }
            captured.sent(pieces);
        }
    }

    private void queueRest(final MemorySegment[] sources, final long[] offsets, final int[] lengths, final int count,
        final long done) {
        long passed = done;
        for (int i = 0; i < count; i++) {
            final long skipped = Math.min(passed, lengths[i]);
            passed -= skipped;
            if (skipped < lengths[i]) {
                final int rest = (int) (lengths[i] - skipped);
                queue(sources[i].asSlice(offsets[i] + skipped, rest), rest);
            }
        }
    }

    private void queue(final MemorySegment bytes, final int length) {
        final ByteBuf copy = channel.alloc().directBuffer(length);
        try {
            MemorySegment.copy(bytes, 0, MemorySegment.ofBuffer(copy.internalNioBuffer(0, length)), 0, length);
        } catch (final IllegalStateException | InternalError e) {
            copy.release();
            throw e;
        }
        pending.addAndGet(length);
        waiting.add(copy.writerIndex(length));
        askLoop();
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
        synchronized (this) {
            pending.addAndGet(-length);
        }
        if (hasRoom()) {
            whenReady.run();
        }
    }

    private int lose(final MemorySegment[] sources, final int count) {
        for (int i = 0; i < count; i++) {
            if (!sources[i].scope().isAlive()) {
                lose();
                return Terminate.LOCAL_FAULT;
            }
        }
        return lose();
    }

    private void endCapture() {
        if (captured != null) {
            captured.ended();
        }
    }

    private int lose() {
        finished = true;
        endCapture();
        channel.close();
        return Terminate.CONNECTION_LOST;
    }

    /** Nothing is taken any more; what was taken leaves, then the peer is told that no more comes. */
    synchronized void finish() {
        if (!finished) {
            finished = true;
            endCapture();
            askLoop();
            linger();
        }
    }

    private void linger() {
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** The same, but nothing comes any more either. */
    synchronized void close() {
        finished = true;
        closing = true;
        askLoop();
        linger();
    }

    private synchronized void closed() {
        finished = true;
        if (socket != null) {
            socket.close();
        }
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }
}
