package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.rnic.emu.engine.Terminate;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Sends by a socket, in the thread that hands something in.
 *
 * <pre>
 *   write -- socket has room -------------------------------------------&gt; socket
 *        `-- it has not: the rest is copied --&gt; waiting -- leave ------&gt; socket, when a third of its buffer is free
 * </pre>
 */
final class SocketOutput implements TcpOutput {
    private final DirectSocket socket;
    private final PolledSocket owner;
    private final @Nullable CapturedSide captured;
    /** What the socket had no room for: under this object's lock. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    /** Whether there is any: changed under the lock. */
    private volatile boolean full;
    private boolean finished;
    /** The peer has ended its side too: the socket is closed behind what waits. */
    private boolean closing;
    private boolean closed;

    SocketOutput(final DirectSocket socket, final PolledSocket owner, final @Nullable CapturedSide captured) {
        this.socket = socket;
        this.owner = owner;
        this.captured = captured;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public boolean hasRoom() {
        return !full;
    }

    @Override
    public synchronized int write(final MemorySegment bytes, final int length) {
        if (finished) {
            return Terminate.CONNECTION_LOST;
        }
        if (captured != null) {
            captured.sent(bytes.asSlice(0, length));
        }
        try {
            final int done = full ? 0 : write(bytes.address(), length);
            if (done < length) {
                queue(bytes.asSlice(done, length - done), length - done);
            }
            return Terminate.NONE;
        } catch (final IOException e) {
            return lose();
        }
    }

    private int write(final long address, final int length) throws IOException {
        int done = 0;
        int written;
        do {
            written = socket.write(address + done, length - done);
            done += written;
        } while (written > 0 && done < length);
        return done;
    }

    @Override
    public synchronized int write(
        final MemorySegment[] sources, final long[] offsets, final int[] lengths, final int count) {
        if (finished) {
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
            final long done = full ? 0 : socket.writePieces(count);
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
        final ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        try {
            MemorySegment.copy(bytes, 0, MemorySegment.ofBuffer(copy.internalNioBuffer(0, length)), 0, length);
        } catch (final IllegalStateException | InternalError e) {
            copy.release();
            throw e;
        }
        waiting.add(copy.writerIndex(length));
        if (!full) {
            full = true;
            owner.update();
        }
    }

    /**
     * Lets leave what waits, if there is room for much.
     *
     * @return whether there is nothing that waits any more, and was
     */
    boolean leave() {
        if (!full) {
            return false;
        }
        synchronized (this) {
            if (!full || closed || !socket.hasRoom()) {
                return false;
            }
            try {
                if (!leaveAll()) {
                    return false;
                }
            } catch (final IOException e) {
                lose();
                return false;
            }
            full = false;
            if (finished) {
                end();
            }
            owner.update();
            return true;
        }
    }

    private boolean leaveAll() throws IOException {
        for (ByteBuf next = waiting.peek(); next != null; next = waiting.peek()) {
            final int done = write(next.memoryAddress() + next.readerIndex(), next.readableBytes());
            if (done < next.readableBytes()) {
                next.skipBytes(done);
                return false;
            }
            waiting.remove().release();
        }
        return true;
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

    private int lose() {
        if (!finished) {
            finished = true;
            endCapture();
        }
        owner.close();
        return Terminate.CONNECTION_LOST;
    }

    private void endCapture() {
        if (captured != null) {
            captured.ended();
        }
    }

    private void end() {
        try {
            if (closing) {
                owner.close();
            } else if (!closed) {
                socket.endOutput();
            }
        } catch (final IOException e) {
            owner.close();
        }
    }

    @Override
    public synchronized void finish() {
        if (!finished) {
            finished = true;
            endCapture();
            if (!full) {
                end();
            }
            owner.linger();
        }
    }

    @Override
    public synchronized void close() {
        if (!finished) {
            finished = true;
            endCapture();
        }
        closing = true;
        if (full) {
            owner.linger();
        } else {
            owner.close();
        }
    }

    /** Gives the socket back; the owner reads it no more. */
    synchronized void release() {
        finished = true;
        closed = true;
        full = false;
        socket.close();
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }
}
