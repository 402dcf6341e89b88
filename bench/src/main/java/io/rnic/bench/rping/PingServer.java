package io.rnic.bench.rping;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.tcp.Requests;
import io.rnic.verbs.Access;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** The side that reads the text and writes it back. */
record PingServer(RpingOptions options) {
    /** Clients that are served at once; others wait for a place, and get one, for who says nothing is dropped. */
    private static final int MAX_CLIENTS = 64;

    /** Serves one client; with {@link RpingOptions#persistent} all that come, until the process is ended. */
    void run(final Rnic nic, final InetSocketAddress local) {
        final RefusedSetUps refused = new RefusedSetUps(nic, options);
        try (Listener listener = nic.listen(local)) {
            options.debug("listening on " + listener.address());
            if (options.persistent()) {
                serveAll(nic, listener, refused);
            }
            boolean served = false;
            while (!served) {
                served = serve(nic, Requests.await(listener));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    /** Each client has a thread of its own, as rping(1) does it: one that says nothing is no matter of the others. */
    private void serveAll(final Rnic nic, final Listener listener, final RefusedSetUps refused)
        throws InterruptedException {
        final Semaphore places = new Semaphore(MAX_CLIENTS);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            try {
                while (true) {
                    places.acquire();
                    final ConnectionRequest request = Requests.await(listener, refused::tell);
                    threads.execute(() -> {
                        try {
                            serveOrTell(nic, request);
                        } finally {
                            places.release();
                        }
                    });
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Serves a client of many: what it does wrong is told, and what there is no room for is rejected. */
    void serveOrTell(final Rnic nic, final ConnectionRequest request) {
        try {
            serve(nic, request);
        } catch (final ExperimentException | RnicException e) {
            rejectUnlessAnswered(request);
            if (!Thread.currentThread().isInterrupted()) {
                options.say("server: " + e.getMessage());
            }
        }
    }

    private static void rejectUnlessAnswered(final ConnectionRequest request) {
        try {
            request.reject(new byte[0]);
        } catch (final RnicException e) {
            // It was accepted, or has given up: nobody waits for an answer.
        }
    }

    /** Serves a client; false if it has given up before it was accepted. */
    boolean serve(final Rnic nic, final ConnectionRequest request) {
        try (PingSide side = options.open(nic, "client");
            MemoryRegion text = side.register(PingText.MAX_BYTES, Access.LOCAL_WRITE)) {
            if (!accept(request, side)) {
                return false;
            }
            pingAll(side, text);
            return true;
        }
    }

    private void pingAll(final PingSide side, final MemoryRegion text) {
        int served = 0;
        while (side.awaitMessage()) {
            if (options.count() != 0 && served == options.count()) {
                throw new ExperimentException("the client would go on after " + served
                    + " pings, and -C of this side allows no more");
            }
            ping(side, text);
            served++;
        }
        if (!side.wasDisconnected()) {
            throw new ExperimentException("the connection failed after " + served + " pings" + side.reason());
        }
        options.debug("server DISCONNECT EVENT...");
        if (served == 0) {
            throw new ExperimentException("the client disconnected without a ping");
        }
        if (served < options.count()) {
            throw new ExperimentException("the client disconnected after " + served + " pings, and -C of this side is "
                + options.count());
        }
    }

    private static boolean accept(final ConnectionRequest request, final PingSide side) {
        try {
            request.accept(side.queuePair(), new byte[0]);
            return true;
        } catch (final RnicException e) {
            if (e.error() == RnicError.TIMED_OUT) {
                return false;
            }
            throw e;
        }
    }

    private void ping(final PingSide side, final MemoryRegion text) {
        final PingSide.Advert source = side.takeMessage();
        if (source.length() < 1 || source.length() > PingText.MAX_BYTES) {
            throw new ExperimentException("the client has a source of " + Integer.toUnsignedString(source.length())
                + " bytes; allowed: 1 to " + PingText.MAX_BYTES);
        }
        side.read(text, source, source.length());
        final byte[] came = text.segment().asSlice(0, source.length()).toArray(ValueLayout.JAVA_BYTE);
        if (options.verbose()) {
            options.say("server ping data: " + PingText.shown(came));
        }
        if (options.validate()) {
            validate(came);
        }
        side.send();
        if (!side.awaitMessage()) {
            throw new ExperimentException("the connection ended before the client's sink came" + side.reason());
        }
        final PingSide.Advert sink = side.takeMessage();
        final int length = Math.min(PingText.text(came).length() + 1, came.length);
        if (Integer.compareUnsigned(sink.length(), length) < 0) {
            throw new ExperimentException("the client has a sink of " + Integer.toUnsignedString(sink.length())
                + " bytes for a text of " + length);
        }
        side.write(text, sink, length);
        side.send();
    }

    /** The text tells its number, and with it all its bytes. */
    private static void validate(final byte[] came) {
        final String text = PingText.text(came);
        final int colon = text.indexOf(':');
        final String number = text.startsWith("rdma-ping-") && colon > 0 ? text.substring(10, colon) : "";
        if (!number.matches("[0-9]{1,9}")
            || !Arrays.equals(came, PingText.bytes(Integer.parseInt(number), came.length))) {
            throw new ExperimentException("the text is none of rping's: "
                + PingText.shown(Arrays.copyOf(came, Math.min(came.length, 40))));
        }
    }
}
