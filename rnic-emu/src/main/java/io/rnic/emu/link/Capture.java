package io.rnic.emu.link;

import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A pcap file that the links of a JVM write what they send and receive to, as TCP connections that Wireshark dissects.
 *
 * <pre>
 *   link --&gt; CapturedConnection: makes IP and TCP of it --&gt; Capture: one at a time --&gt; PcapWriter --&gt; file
 * </pre>
 *
 * <p>All who open the same file share it; it is written behind what this JVM wrote to it before, and anew by the next
 * JVM. Flushed when a connection ends, when the last closes it, and when the JVM exits. The lock is held while bytes go
 * to the file and never waits for anything else. A capture is there to look at: where it cannot be written, or is full,
 * it stops, and tells so once: whoever handles what is uncaught, or else standard error.
 */
public final class Capture implements AutoCloseable {
    /** Ports that are made up: not those that a device picks for its listeners. */
    private static final int FIRST_PORT = 32_768;
    private static final int LAST_PORT = 49_151;
    private static final Map<Path, Capture> OPEN = new HashMap<>();
    private static final Set<Path> WRITTEN = new HashSet<>();

    /** Who talks with whom. */
    record Pair(InetSocketAddress client, InetSocketAddress server) {
    }

    private final Path path;
    private final long maxBytes;
    private final PcapWriter writer;
    private final Thread flusher;
    private final byte[] packet = new byte[CapturedConnection.MAX_PACKET_LENGTH];
    private final Map<Pair, CapturedConnection> live = new HashMap<>();
    private int users;
    private int nextPort = FIRST_PORT;
    private boolean stopped;

    private Capture(final Path path, final PcapWriter writer, final long maxBytes) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.writer = writer;
        flusher = new Thread(this::flush, "rnic capture " + path.getFileName());
    }

    /**
     * Opens a file, or joins those who have it open.
     *
     * @param maxBytes how long it may become; later packets are left out. Who opens it first says so
     */
    public static Capture open(final Path file, final long maxBytes) throws IOException {
        return open(file, maxBytes, Clock.systemUTC());
    }

    static Capture open(final Path file, final long maxBytes, final Clock clock) throws IOException {
        final Path path = file.toAbsolutePath().normalize();
        synchronized (OPEN) {
            Capture capture = OPEN.get(path);
            if (capture == null) {
                capture = new Capture(path, new PcapWriter(path, WRITTEN.contains(path), maxBytes, clock), maxBytes);
                WRITTEN.add(path);
                OPEN.put(path, capture);
                Runtime.getRuntime().addShutdownHook(capture.flusher);
            }
            capture.users++;
            return capture;
        }
    }

    /**
     * Begins a connection, with the packets that open it. Where both ends are in this JVM, who comes second is given a
     * connection that writes nothing: one of them tells all.
     */
    public synchronized CapturedConnection connection(final InetSocketAddress client, final InetSocketAddress server) {
        final Pair pair = new Pair(client, server);
        if (live.containsKey(pair)) {
            return new CapturedConnection(this, pair, false);
        }
        final CapturedConnection connection = new CapturedConnection(this, pair, true);
        live.put(pair, connection);
        connection.begin();
        return connection;
    }

    /** Begins a connection that is not one of TCP, from a port that is made up. */
    public synchronized CapturedConnection connection(final InetSocketAddress server) {
        InetSocketAddress client;
        do {
            client = new InetSocketAddress(server.getAddress(), nextPort);
            nextPort = nextPort == LAST_PORT ? FIRST_PORT : nextPort + 1;
        } while (client.equals(server)
            || (live.containsKey(new Pair(client, server)) && live.size() <= LAST_PORT - FIRST_PORT));
        return connection(client, server);
    }

    /** Where packets are put together. */
    byte[] packet() {
        return packet;
    }

    /** Writes the first bytes of the packet. */
    synchronized void write(final int length) {
        if (stopped) {
            return;
        }
        try {
            stopped = !writer.write(packet, length);
            if (stopped) {
                writer.flush();
                tell("more would not fit into captureLimit=" + maxBytes + " bytes; what follows is left out");
            }
        } catch (final IOException e) {
            stop(e);
        }
    }

    /**
     * Begins a connection that is not one of TCP by the frames that set it up. If the reply refuses, it ends at once.
     *
     * @param server the address that was asked for
     */
    public CapturedConnection connection(final InetSocketAddress server, final SetUp request, final SetUp reply) {
        final CapturedConnection connection = connection(server);
        connection.bytes(true, bytes(request));
        connection.bytes(false, bytes(reply));
        if (reply.rejected()) {
            connection.end(false);
            connection.end(true);
        }
        return connection;
    }

    private static MemorySegment bytes(final SetUp setUp) {
        final MemorySegment bytes = MemorySegment.ofArray(new byte[setUp.length()]);
        SetUpFrame.write(bytes, 0, setUp);
        return bytes;
    }

    synchronized void ended(final Pair pair) {
        live.remove(pair);
        flush();
    }

    private synchronized void flush() {
        try {
            if (!stopped) {
                writer.flush();
            }
        } catch (final IOException e) {
            stop(e);
        }
    }

    private void stop(final IOException why) {
        final boolean isNew = !stopped;
        stopped = true;
        if (isNew) {
            tell("it cannot be written (" + why.getMessage() + ")");
        }
    }

    /** Where nobody handles what is uncaught, one line says more than the trace that the JVM would print. */
    @SuppressWarnings("SystemOut")
    private void tell(final String why) {
        final IOException notice = new IOException("the capture " + path + " ends here: " + why);
        notice.setStackTrace(new StackTraceElement[0]); // no fault of anybody's
        final Thread thread = Thread.currentThread();
        final Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
        if (handler instanceof ThreadGroup && Thread.getDefaultUncaughtExceptionHandler() == null) {
            System.err.println("rnic: " + notice.getMessage());
        } else {
            handler.uncaughtException(thread, notice);
        }
    }

    /** One user less; the last closes the file. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (--users == 0) {
                OPEN.remove(path);
                finish();
            }
        }
    }

    private synchronized void finish() {
        try {
            Runtime.getRuntime().removeShutdownHook(flusher);
        } catch (final IllegalStateException e) {
            // the JVM exits: the hook runs, or has run
        }
        try {
            writer.close();
        } catch (final IOException e) {
            stop(e);
        }
        stopped = true;
    }
}
