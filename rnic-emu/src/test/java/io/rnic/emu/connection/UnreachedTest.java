package io.rnic.emu.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** What each way of driving sockets says is said in the system's words, without the address. */
class UnreachedTest {
    private static final InetSocketAddress REMOTE =
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.77"), 7174);

    private static String why(final Exception cause) {
        return Unreached.why(cause, REMOTE);
    }

    @Test
    void shouldSayThatNobodyListens() {
        final String refused =
            "connection refused, nobody listens there; start the listening side first, and check address and port";
        assertThat(why(new ConnectException(
            "finishConnect(..) failed with error(-111): Connection refused: /192.0.2.77:7174"))).isEqualTo(refused);
        assertThat(why(new ConnectException("Connection refused: /192.0.2.77:7174"))).isEqualTo(refused);
    }

    /** Netty's own sockets have no message for it, and put the address behind that. */
    @Test
    void shouldSayThatThereIsNoRoute() {
        assertThat(why(new NoRouteToHostException("null: /192.0.2.77:7174"))).startsWith("no route to host; check");
        assertThat(why(new NoRouteToHostException())).startsWith("no route to host; check");
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        assertThat(why(new ConnectTimeoutException("connection timed out after 30000 ms: /192.0.2.77:7174")))
            .startsWith("the machine does not answer; check");
    }

    @Test
    void shouldSayWhatElseTheSystemSays() {
        assertThat(why(new SocketException("Network is unreachable: /192.0.2.77:7174")))
            .isEqualTo("Network is unreachable");
        assertThat(why(new IOException())).isEqualTo("java.io.IOException");
    }
}
