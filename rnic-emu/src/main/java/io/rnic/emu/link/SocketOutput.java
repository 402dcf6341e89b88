package io.rnic.emu.link;

import io.rnic.emu.engine.Terminate;
import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Sends by a socket, in the thread that hands something in.
 *
 * <pre>
 *   write -- socket has room -----------------------------------&gt; socket
 *        `-- it has not: the rest is copied --&gt; waiting -- leave -&gt; socket, when a third of its buffer is free
 * </pre>
 *
 * <p>So that long messages need not be copied, it looks from time to time whether as much is free before the next one
 * comes.
 */
final class SocketOutput implements TcpOutput {
    /** So much is written between two looks: less than a third of the buffer of a socket that has been busy. */
    private static final int LOOK_BYTES = 1 << 18;

    private final DirectSocket socket;
    private final Owner owner;
    private final @Nullable CapturedSide captured;
    /** What the socket had no room for: under this object's lock. */
    private final Backlog waiting = new Backlog();
    /**
     * Whether there is any, or the socket is too full for more: changed under the lock. At first it is, until this
     * side's set-up frame has left.
     */
    private volatile boolean full = true;
    /** The most once it has taken as much as the least; the least once it has not taken all. Changed under the lock. */
    private volatile int atOnce = LEAST_AT_ONCE;
    private long unlooked;
    private boolean finished;
    /** The peer has ended its side too: the socket is closed behind what waits. */
    private boolean closing;
    private boolean closed;

    /** Who has the socket watched. */
    interface Owner {
        /** What is waited for has changed. */
        void update();

        /** All has left that will: the peer may take a while to end its side. */
        void linger();

        /** The connection is lost. */
        void lost(IOException why);

        /** The socket is to be closed, whatever waits. */
        void close();
    }

    SocketOutput(final DirectSocket socket, final Owner owner, final @Nullable CapturedSide captured) {
        this.socket = socket;
        this.owner = owner;
        this.captured = captured;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public int atOnce() {
        return atOnce;
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
            final int done = waiting.isEmpty() ? socket.writeAll(bytes.address(), length) : 0;
            if (done < length) {
                atOnce = LEAST_AT_ONCE;
                waiting.add(bytes, done, length - done);
                fill();
            } else {
                lookAhead(length);
            }
            return Terminate.NONE;
        } catch (final IOException | VirtualMachineError e) { // of a frame, a part may have left
            return lose(e);
        }
    }

    @Override
    public synchronized int write(final Pieces pieces) {
        if (finished) {
            return Terminate.CONNECTION_LOST;
        }
        if (!pieces.areAlive()) {
            return Terminate.LOCAL_FAULT;
        }
        final boolean interrupted = InterruptStatus.isSet();
        final long length = pieces.bytes();
        try {
            if (captured != null) {
                captured.sent(pieces.segments());
            }
            final long done = waiting.isEmpty() ? socket.write(pieces) : 0;
            if (done < length) {
                atOnce = LEAST_AT_ONCE;
                pieces.copyRest(done, waiting);
                MemoryFaults.settle();
                fill();
            } else {
                lookAhead(length);
            }
            return Terminate.NONE;
        } catch (final IOException | IllegalStateException | VirtualMachineError e) {
            InterruptStatus.restore(interrupted);
            final int result = lose(e);
            return pieces.areAlive() ? result : Terminate.LOCAL_FAULT;
        }
    }

    private void lookAhead(final long written) {
        if (written >= LEAST_AT_ONCE) {
            atOnce = MOST_AT_ONCE;
        }
        unlooked += written;
        if (unlooked >= LOOK_BYTES) {
            unlooked = 0;
            if (!socket.hasRoom()) {
                fill();
            }
        }
    }

    private void fill() {
        if (!full) {
            full = true;
            owner.update();
        }
    }

    /**
     * Lets leave what waits, if there is room for much.
     *
     * @return whether there is room again, and was not
     */
    boolean leave() {
        if (!full) {
            return false;
        }
        synchronized (this) {
            if (closed || !socket.hasRoom()) {
                return false;
            }
            try {
                if (!waiting.writeTo(socket)) {
                    return false;
                }
            } catch (final IOException e) {
                lose(e);
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

    private int lose(final Throwable why) {
        if (why instanceof IOException told) {
            owner.lost(told);
        }
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
                owner.linger();
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
        }
    }

    @Override
    public synchronized void close() {
        if (!finished) {
            finished = true;
            endCapture();
        }
        closing = true;
        if (!full) {
            owner.close();
        }
    }

    /** Gives the socket back; the owner reads it no more. */
    synchronized void release() {
        finished = true;
        closed = true;
        full = false;
        socket.close();
        waiting.clear();
    }
}
