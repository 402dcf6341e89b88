package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** The peer's process is killed (SIGKILL) in the middle of a transfer both ways: each request completes once. */
class KilledPeerTest {
    private static final int OUTSTANDING = 32;
    private static final int BYTES = 1 << 15;
    private static final int BEFORE = 500;
    /** Sends of which each is answered by one: never more than there are receives. */
    private static final int UNANSWERED = 16;
    private static final int KINDS = 3;
    private static final int RECEIVE_BYTES = 1024;

    private long posted;
    private long sent;
    private long completed;
    private long received;
    private long receivesPosted;

    private static Process start(final String frontEnd, final int port) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED", "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-cp",
            System.getProperty("java.class.path"), KilledPeer.class.getName(), frontEnd, Integer.toString(port))
            .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    @OverTcp
    void eachRequestShouldCompleteOnce(final Rnic rnic, final RnicOptions options)
        throws IOException, InterruptedException {
        try (Side side = Side.of(rnic); Listener listener = rnic.listen(ConnectedPair.anyPort())) {
            final Process peer =
                start(Objects.requireNonNull(options.effective().get(RnicOptions.FRONT_END)),
                    listener.address().getPort());
            try {
                final ConnectionRequest request = Objects.requireNonNull(listener.await(Completions.PATIENCE));
                final ByteBuffer told = ByteBuffer.wrap(request.privateData());
                final int key = told.getInt();
                final long address = told.getLong();
                post(side, key, address, 0);
                request.accept(side.queuePair(), new byte[0]);
                Await.until("the transfer is in its middle", () -> {
                    go(side, key, address);
                    return completed > BEFORE && received > BEFORE;
                });
                peer.destroyForcibly(); // SIGKILL
                Await.until("the peer's end is seen", () -> {
                    go(side, key, address);
                    return side.queuePair().state() == QueuePairState.ERROR;
                });
                Await.until("all have completed", () -> {
                    poll(side);
                    return completed == posted && received == receivesPosted;
                });
            } finally {
                peer.destroyForcibly().waitFor();
            }
            assertThat(Completions.poll(side.sends())).as("no completion twice").isEmpty();
            assertThat(Completions.poll(side.receives())).as("no completion twice").isEmpty();
        }
    }

    /** Whatever has completed, others take its place, as long as there is a connection. */
    private void go(final Side side, final int key, final long address) {
        poll(side);
        post(side, key, address, OUTSTANDING);
    }

    private void post(final Side side, final int key, final long address, final int sends) {
        while (receivesPosted < received + OUTSTANDING) {
            side.receive(receivesPosted++, BYTES, RECEIVE_BYTES);
        }
        while (posted < completed + sends) {
            switch ((int) (posted % KINDS)) {
                case 0 -> side.write(posted, 0, BYTES, address, key);
                case 1 -> side.read(posted, 0, BYTES, address, key);
                default -> {
                    if (sent - received < UNANSWERED) {
                        side.send(posted, 0, RECEIVE_BYTES);
                        sent++;
                    } else {
                        side.write(posted, 0, RECEIVE_BYTES, address, key);
                    }
                }
            }
            posted++;
        }
    }

    /** In the order in which they were posted. */
    private void poll(final Side side) {
        completed += count(side.sends(), completed);
        received += count(side.receives(), received);
    }

    private static int count(final CompletionQueue queue, final long next) {
        final long[] expected = {next};
        return queue.poll(completion -> assertThat(completion.wrId()).isEqualTo(expected[0]++), OUTSTANDING);
    }
}
