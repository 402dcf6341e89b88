package io.rnic.behaviour;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A process with few descriptors: tells its port, then, when it has none left, that and what becomes of a connection
 * that it asks for and of other listeners, and takes the next client that asks for a connection.
 */
final class FewDescriptors {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration NAP = Duration.ofMillis(10);

    private FewDescriptors() {
    }

    /** Takes a front end and a transport. */
    public static void main(final String[] args) throws InterruptedException {
        final Rnic rnic = open(args[0], args[1], "first");
        final Rnic another = open(args[0], "nio", "another"); // has no event loops yet, if it is the first by NIO
        final Side side = Side.of(rnic);
        final Listener listener = rnic.listen(ConnectedPair.anyPort());
        loadClasses(rnic, side);
        say(listener.address().getPort());
        while (rnic.counters().getOrDefault("device.failedAccepts", 0L) == 0) {
            if (listener.await(NAP) != null) {
                throw new IllegalStateException("nobody is to ask yet");
            }
        }
        say("none left");
        say(connect(side, listener.address()));
        say(listen(rnic));
        say(listen(another));
        ConnectionRequest request = null;
        while (request == null) {
            request = listener.await(PATIENCE);
        }
        request.accept(side.queuePair(), new byte[0]);
        say("accepted");
        side.awaitDiagnosis();
        say("ended");
        System.exit(0);
    }

    private static Rnic open(final String frontEnd, final String transport, final String device) {
        return Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd).with("tcp.transport", transport)
            .with("device", device).with("link", "tcp").with("pinning", "accounted"));
    }

    /** From folders: each needs a descriptor. */
    private static void loadClasses(final Rnic rnic, final Side side) throws InterruptedException {
        try (Side client = Side.of(rnic); Side server = Side.of(rnic)) {
            ConnectedPair.of(client, server);
            client.queuePair().disconnect();
            server.awaitDiagnosis();
        }
        connect(side, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    }

    private static String connect(final Side side, final InetSocketAddress address) throws InterruptedException {
        try (ConnectionAttempt attempt = side.queuePair().beginConnect(address, new byte[0])) {
            attempt.await(PATIENCE);
            return "connected";
        } catch (final RnicException e) {
            return e.error() + ": " + e.getMessage();
        }
    }

    private static String listen(final Rnic rnic) {
        try (Listener another = rnic.listen(ConnectedPair.anyPort())) {
            return another.toString();
        } catch (final RnicException e) {
            return e.error() + ": " + e.getMessage();
        }
    }

    private static void say(final Object line) {
        System.out.println(line);
    }
}
