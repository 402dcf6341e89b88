package io.rnic.bench.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs both ends in this process, which talk by TCP nevertheless. */
final class Commands {
    static final int PATIENCE_SECONDS = 40;

    private Commands() {
    }

    /** What a command said, and how it ended. */
    record Ended(int exitCode, String out, String err) {
        /** The lines between the heading and the line at the end. */
        List<String> rows() {
            final List<String> lines = out.lines().dropWhile(line -> !line.startsWith(" #bytes")).skip(1).toList();
            return lines.subList(0, lines.size() - 1);
        }

        String heading() {
            return out.lines().filter(line -> line.startsWith(" #bytes")).findFirst().orElse("");
        }
    }

    /** A server that listens, and how it will end. */
    record Serving(int port, CompletableFuture<Ended> ended) {
        Ended await() throws Exception {
            return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }
    }

    static Ended run(final String... args) {
        return run(new CountDownLatch(1), args);
    }

    private static Ended run(final CountDownLatch listening, final String... args) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final PrintStream said = new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void println(final String line) {
                super.println(line);
                if (line.contains("waiting for a client")) {
                    listening.countDown();
                }
            }
        };
        final int exitCode = RnicCommand.run(args, said, new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Starts a server with those arguments, and waits until it listens. */
    static Serving serve(final String arguments) throws Exception {
        final int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        } catch (final IOException e) {
            throw new AssertionError("no free port", e);
        }
        final CountDownLatch listening = new CountDownLatch(1);
        final CompletableFuture<Ended> ended = CompletableFuture.supplyAsync(
            () -> run(listening, words(arguments, "--bind", "127.0.0.1", "-p", String.valueOf(port))));
        assertThat(listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(() -> "" + ended.getNow(null)).isTrue();
        return new Serving(port, ended);
    }

    /** Runs a client of that server. */
    static Ended connect(final Serving serving, final String arguments) {
        return run(words(arguments, "127.0.0.1", "-p", String.valueOf(serving.port()), "--warm-up", "0"));
    }

    private static String[] words(final String arguments, final String... more) {
        return Stream.concat(Stream.of(arguments.split(" ", -1)), Stream.of(more)).toArray(String[]::new);
    }
}
