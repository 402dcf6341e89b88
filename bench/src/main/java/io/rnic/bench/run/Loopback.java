package io.rnic.bench.run;

import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Connects two queue pairs of one NIC. */
public final class Loopback {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final byte[] NO_PRIVATE_DATA = new byte[0];

    private Loopback() {
    }

    /**
     * Connects them.
     *
     * @throws ExperimentException        if nothing came of it in 10 seconds
     * @throws io.rnic.verbs.RnicException if the device refuses
     */
    public static void connect(final Rnic nic, final QueuePair client, final QueuePair server) {
        try (Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
             ConnectionAttempt attempt = client.beginConnect(listener.address(), NO_PRIVATE_DATA)) {
            final ConnectionRequest request = listener.await(TIMEOUT);
            if (request == null) {
                throw new ExperimentException("no connection request came within " + TIMEOUT.toSeconds() + " s: "
                    + whyNot(nic, attempt));
            }
            request.accept(server, NO_PRIVATE_DATA);
            attempt.await(TIMEOUT);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while connecting", e);
        }
    }

    /** What either side says of it. */
    private static String whyNot(final Rnic nic, final ConnectionAttempt attempt) throws InterruptedException {
        final long failed = nic.counters().getOrDefault("device.failedAccepts", 0L);
        if (failed != 0) {
            return "the system did not accept " + failed + "; are there file descriptors enough (ulimit -n)?";
        }
        try {
            attempt.await(Duration.ofMillis(1));
            return "it was answered by another listener";
        } catch (final RnicException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
