package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rnic.testing.Completions;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Timeout;

/** Connections that are not made: what the error says, and what to do. */
@Timeout(60)
class ConnectionErrorsTest {
    private static RnicException refused(final Rnic rnic, final InetSocketAddress remote) {
        try (Side side = Side.of(rnic)) {
            final RnicException error = catchThrowableOfType(RnicException.class,
                () -> side.queuePair().connect(remote, new byte[0], Completions.PATIENCE));
            assertThat(error.error()).isEqualTo(RnicError.CONNECTION_REFUSED);
            return error;
        }
    }

    /** Somebody does listen there, in what might be another process: the device does not look there. */
    @RnicTest(link = {"auto", "loopback"})
    void shouldSayThatOnlyThisDeviceWasLookedAt(final Rnic rnic) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final InetSocketAddress remote =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), other.getLocalPort());
            assertThat(refused(rnic, remote)).hasMessageStartingWith("no connection to 127.0.0.1:" + remote.getPort()
                + ": nobody listens there among the listeners of this device in this JVM")
                .hasMessageContaining("set link=tcp on both sides");
        }
    }

    @OverTcp
    void shouldSayOnceThatNobodyListens(final Rnic rnic) throws IOException {
        final InetSocketAddress remote;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            remote = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), gone.getLocalPort());
        }
        assertThat(refused(rnic, remote)).hasMessage("no connection to 127.0.0.1:" + remote.getPort()
            + ": connection refused, nobody listens there; start the listening side first, and check address and"
            + " port");
    }

    /** The system may say IPv6's any address for it, where it listens for both. */
    @OverTcp
    void shouldSayWhereItListensAsItWasAskedFor(final Rnic rnic) {
        final InetAddress any = InetAddress.ofLiteral("0.0.0.0");
        try (Listener listener = rnic.listen(new InetSocketAddress(any, 0))) {
            assertThat(listener.address().getAddress()).isEqualTo(any);
            assertThat(listener.address().getPort()).isPositive();
        }
    }
}
