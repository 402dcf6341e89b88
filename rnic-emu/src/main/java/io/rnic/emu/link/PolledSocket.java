package io.rnic.emu.link;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.rnic.emu.queue.IdlePolls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection's socket, of Linux: who polls a completion queue in vain reads it, and lets leave what waits, as long as
 * polls come thick and fast; else its event loop does, woken by the system. So a message goes from thread to thread
 * without waking a third one in between, and an application that waits or sleeps costs nothing.
 *
 * <pre>
 *            16 polls, none long after the other
 *   watched ------------------------------------&gt; polled      the loop does not look at the socket
 *           &lt;------------------------------------
 *             no poll for a while; or: going to wait
 * </pre>
 *
 * <p>One thread at a time reads: who holds {@link #reading}.
 */
final class PolledSocket implements EpollIoHandle, IdlePolls.Source, SocketOutput.Owner {
    private static final int MANY_POLLS = 16;
    /** A poll that comes so long after the last one is a new beginning. */
    private static final long THICK_NS = 50_000;
    /** A poll that comes so long after the last one finds that polls are thin again. */
    private static final long THIN_NS = 4 * THICK_NS;
    /** After so long without a poll the loop watches again. */
    private static final long PATIENCE_NS = 1_000_000;
    /** Reads of one connection before the loop turns to the next. */
    private static final int MAX_READS = 16;
    // What the loop waits for, made once: Netty would make them anew. Errors are told in any case; who waits for
    // nothing at all would be forgotten.
    private static final EpollIoOps NOTHING = EpollIoOps.EPOLLERR;
    private static final EpollIoOps INPUT = NOTHING.with(EpollIoOps.EPOLLIN);
    private static final EpollIoOps ROOM = NOTHING.with(EpollIoOps.EPOLLOUT);
    private static final EpollIoOps BOTH = INPUT.with(EpollIoOps.EPOLLOUT);
    /** How long a peer may take to end its side too. */
    private static final long LINGER_SECONDS = 5;

    private final DirectSocket socket;
    private final IoEventLoop loop;
    private final List<IdlePolls> polls;
    private final @Nullable CapturedSide captured;
    private final TcpStream stream;
    private final SocketOutput output;
    private final Runnable whenReady;
    private final ReentrantLock reading = new ReentrantLock();
    private final Runnable beginCheck = this::beginCheck;
    private final Runnable check = this::check;
    private final Runnable goOn = this::goOn;

    /** Polls in a row, and when the last was: of who reads. */
    private int row;
    private volatile long lastPollNs;
    /** Whether no more comes. */
    private volatile boolean ended;
    /** Whether something is left to be sent that needed no room, but the others' turn. */
    private volatile boolean left;
    /** Whether the stream knows: of who reads. */
    private boolean told;

    /** What follows belongs to this object's lock. */
    private @Nullable IoRegistration registration;
    private @Nullable Future<?> checking;
    private @Nullable Future<?> lingering;
    private boolean closed;
    /** Whether who polls does what the loop would: changed under the lock. */
    private volatile boolean polled;

    /**
     * The socket of a connection that is being made.
     *
     * @param polls     where who polls in vain is to look here
     * @param stream    takes what is read
     * @param whenReady called when there is room again, in a thread that holds no lock
     */
    PolledSocket(final DirectSocket socket, final IoEventLoop loop, final List<IdlePolls> polls,
        final @Nullable CapturedSide captured, final TcpStream stream, final Runnable whenReady) {
        this.socket = socket;
        this.loop = loop;
        this.polls = polls;
        this.captured = captured;
        this.stream = stream;
        this.whenReady = whenReady;
        output = new SocketOutput(socket, this, captured);
    }

    SocketOutput output() {
        return output;
    }

    /** Reads from now on; in the event loop. */
    void begin() {
        synchronized (this) {
            if (closed) {
                return; // its number may be another socket's by now
            }
        }
        loop.register(this).addListener(future -> begin((IoRegistration) future.getNow()));
    }

    private void begin(final @Nullable IoRegistration registered) {
        if (registered == null) {
            closeNow(); // the system watches no more sockets
            return;
        }
        synchronized (this) {
            if (closed) {
                registered.cancel();
                return;
            }
            registration = registered;
            try {
                update();
            } catch (final UncheckedIOException e) {
                close(); // the system watches no more sockets
                return;
            }
        }
        polls.forEach(poll -> poll.add(this));
        leave(); // what was to be sent has waited for this side's set-up frame
    }

    /** Tells the system what the loop waits for. */
    @Override
    public synchronized void update() {
        if (registration != null) {
            final boolean input = !polled && !ended;
            final boolean room = !polled && !output.hasRoom();
            registration.submit(input ? (room ? BOTH : INPUT) : (room ? ROOM : NOTHING));
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket.descriptor();
    }

    /** In the event loop. */
    @Override
    public void handle(final IoRegistration from, final IoEvent event) {
        final EpollIoOps ready = ((EpollIoEvent) event).ops();
        if (ready.contains(EpollIoOps.EPOLLOUT)) {
            leave();
        }
        if (!ready.equals(EpollIoOps.EPOLLOUT)) {
            readAll();
        }
    }

    /** In the event loop. */
    @SuppressWarnings("ThreadPriorityCheck") // who polls may need this core
    private void readAll() {
        if (!reading.tryLock()) {
            // Who polls is reading. The system tells again of what is left; to wait here would allocate each time.
            Thread.yield();
            return;
        }
        try {
            int reads = 1;
            // After a buffer that was not filled there is no more, or the system says so.
            while (read() == ReceiveBuffer.BYTES && reads < MAX_READS) {
                reads++;
            }
        } finally {
            reading.unlock();
        }
    }

    private boolean leave() {
        try {
            final boolean ready = output.leave();
            if (ready) {
                whenReady.run();
            }
            return ready;
        } catch (final Throwable e) {
            failed(e);
            return false;
        }
    }

    /** Has the rest sent soon: by who polls next, or by the loop. Any thread, whatever it holds. */
    void later() {
        left = true;
        if (!polled) {
            loop.execute(goOn);
        }
    }

    private void goOn() {
        if (left) {
            left = false; // before it is looked what is left: nothing that comes meanwhile is forgotten
            try {
                whenReady.run();
            } catch (final Throwable e) {
                failed(e);
            }
        }
    }

    /** A fault of this program, or no memory: this connection cannot go on; the others of the thread do. */
    private void failed(final Throwable error) {
        ended = true;
        close();
        final Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }

    @Override
    public boolean look() {
        if (!reading.tryLock()) {
            return false;
        }
        boolean found;
        try {
            if (ended) {
                return false;
            }
            count();
            found = read() > 0;
        } finally {
            reading.unlock();
        }
        final boolean ready = leave();
        goOn();
        return found || ready;
    }

    private void count() {
        final long nowNs = System.nanoTime();
        final long gapNs = nowNs - lastPollNs;
        row = gapNs < THICK_NS ? row + 1 : 0;
        lastPollNs = nowNs;
        if (row >= MANY_POLLS && !polled) {
            polled(true);
        } else if (gapNs > THIN_NS && polled) {
            polled(false);
        }
    }

    private synchronized void polled(final boolean now) {
        if (polled != now && registration != null) {
            polled = now;
            update();
            if (now && checking == null) {
                loop.execute(beginCheck);
            } else if (!now && left) {
                loop.execute(goOn);
            }
        }
    }

    private synchronized void beginCheck() {
        if (checking == null && polled && !closed) {
            checking = loop.scheduleAtFixedRate(check, PATIENCE_NS, PATIENCE_NS, TimeUnit.NANOSECONDS);
        }
    }

    /** In the event loop, while it does not watch. */
    private synchronized void check() {
        if (System.nanoTime() - lastPollNs > PATIENCE_NS) {
            polled(false);
        }
        if (!polled && checking != null) {
            checking.cancel(false);
            checking = null;
        }
    }

    @Override
    public void rest() {
        lastPollNs = System.nanoTime() - THICK_NS; // the poll that follows, before the wait, begins anew
        if (polled) {
            polled(false);
        }
    }

    /** Reads once, and hands on what came; how much that was, below 0 if no more comes. */
    private int read() {
        if (ended) {
            return -1;
        }
        try {
            final ReceiveBuffer buffer = ReceiveBuffer.take();
            try {
                return readInto(buffer);
            } finally {
                buffer.giveBack();
            }
        } catch (final Throwable e) {
            failed(e);
            return -1;
        }
    }

    private int readInto(final ReceiveBuffer buffer) {
        int length;
        try {
            length = socket.read(buffer.segment.address(), ReceiveBuffer.BYTES);
        } catch (final IOException e) {
            stream.lost(e);
            length = -1; // reset by the peer, or given up
        }
        if (length < 0) {
            end();
        } else if (length > 0) {
            if (length >= LoopSpin.MUCH_BYTES) {
                LoopSpin.begin();
            }
            if (captured != null) {
                captured.received(buffer.segment.asSlice(0, length).asByteBuffer());
            }
            stream.read(buffer, 0, length);
        }
        return length;
    }

    private void end() {
        ended = true;
        told = true;
        if (captured != null) {
            captured.peerEnded();
        }
        update();
        stream.ended();
    }

    /** Closes it in the end, whatever the peer does. */
    @Override
    public synchronized void linger() {
        if (lingering == null) {
            lingering = loop.schedule(this::closeNow, LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The output has found that the connection is lost; any thread. */
    @Override
    public void lost(final IOException why) {
        stream.lost(why);
    }

    /** Closes it soon; any thread. */
    @Override
    public void close() {
        loop.execute(this::closeNow);
    }

    /** Ends it at once, whatever waits; in the event loop. */
    void closeNow() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (checking != null) {
                checking.cancel(false);
            }
            if (lingering != null) {
                lingering.cancel(false);
            }
            if (registration != null) {
                registration.cancel();
                registration = null;
            }
        }
        polls.forEach(poll -> poll.remove(this));
        reading.lock();
        try {
            final boolean tells = !told;
            ended = true;
            told = true;
            output.release();
            if (tells) {
                stream.ended();
            }
        } finally {
            reading.unlock();
        }
    }
}
