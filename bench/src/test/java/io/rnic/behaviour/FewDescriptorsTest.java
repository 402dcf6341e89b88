package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.testing.Completions;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;

/**
 * A listener whose process runs out of descriptors (accept(2): EMFILE), for there are more clients than it may have, is
 * silent until there are some again, and serves the next client.
 */
class FewDescriptorsTest {
    /** Fewer than half-open connections that are let live, enough for a JVM. */
    private static final int DESCRIPTORS = 200;
    private static final String COMMAND = "ulimit -n " + DESCRIPTORS + " && exec \"$0\" -Xmx256m -cp \"$1\" "
        + "--enable-native-access=ALL-UNNAMED --add-opens java.base/jdk.internal.misc=ALL-UNNAMED "
        + FewDescriptors.class.getName() + " \"$2\" \"$3\"";

    private static final String NONE_LEFT =
        ": Too many open files; close connections, or allow the process more (ulimit -n)";

    private static Process start(final RnicOptions options, final String transport) throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "limits are set by a Linux shell here");
        return new ProcessBuilder("bash", "-c", COMMAND,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), System.getProperty("java.class.path"),
            Objects.requireNonNull(options.effective().get(RnicOptions.FRONT_END)), transport)
            .redirectErrorStream(true).start();
    }

    @RnicTest(link = "tcp")
    @Timeout(60)
    void aListenerByEpollShouldServeTheNextClient(final Rnic rnic, final RnicOptions options) throws Exception {
        expectService(rnic, start(options, "auto"));
    }

    @RnicTest(link = "tcp")
    @Timeout(60)
    void aListenerByNioShouldServeTheNextClient(final Rnic rnic, final RnicOptions options) throws Exception {
        expectService(rnic, start(options, "nio"));
    }

    private static void expectService(final Rnic rnic, final Process listening) throws Exception {
        final List<SocketChannel> silent = new ArrayList<>();
        try (BufferedReader said = listening.inputReader(); Side side = Side.of(rnic)) {
            final InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(said.readLine()));
            while (silent.size() < DESCRIPTORS) {
                silent.add(SocketChannel.open(address));
            }
            assertThat(said.readLine()).isEqualTo("none left");
            assertThat(said.readLine()).startsWith("CONNECTION_REFUSED: no connection to ").endsWith(NONE_LEFT);
            assertThat(said.readLine()).startsWith("DEVICE_LIMIT: cannot listen on ").endsWith(NONE_LEFT);
            assertThat(said.readLine()).startsWith("DEVICE_LIMIT: ").endsWith(NONE_LEFT);
            close(silent);

            side.queuePair().connect(address, new byte[0], Completions.PATIENCE);
            assertThat(said.readLine()).as("and nothing is said of what failed").isEqualTo("accepted");
            side.queuePair().disconnect();

            assertThat(said.readAllLines()).containsExactly("ended");
            assertThat(listening.waitFor()).isZero();
        } finally {
            close(silent);
            listening.destroyForcibly().waitFor();
        }
    }

    private static void close(final List<SocketChannel> channels) throws IOException {
        for (final SocketChannel channel : channels) {
            channel.close();
        }
    }
}
