package io.rnic.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One run of ucx_perftest: a server and a client, two children of this process.
 *
 * <pre>
 *   client ==(posix shared memory)== server      they find each other by TCP on loopback
 *     | standard output, at most 64 KiB
 *   this process
 * </pre>
 *
 * <p>Whatever they do, both are gone after 20 seconds, and when this process ends.
 */
final class UcxProcess {
    private static final int MAX_OUTPUT_BYTES = 64 * 1024;
    private static final int TRIES = 20;
    private static final int TRY_EVERY_MS = 100;
    private static final int LIMIT_S = 20;

    private final Path command;
    private final List<Process> children = new CopyOnWriteArrayList<>();
    private String why = "";

    UcxProcess(final Path command) {
        this.command = command;
    }

    /** Runs one test and returns what the client printed; empty if nothing came of it. */
    String run(final List<String> arguments) {
        final Thread hook = new Thread(this::endAll, "rnic-ucx-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            final int port = freePort();
            final Process server = start(List.of("-p", Integer.toString(port)), Redirect.DISCARD);
            return client(server, port, arguments);
        } catch (final IOException e) {
            why = ": " + e.getMessage();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            why = ": interrupted";
        } finally {
            endAll();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (final IllegalStateException e) {
                // The JVM is going down: the hook does it too.
            }
        }
        return "";
    }

    /** What went wrong, to be put behind a message; may be empty. */
    String why() {
        return why;
    }

    /** The server needs a moment until it listens, and says nothing when it does: the client tries again. */
    private String client(final Process server, final int port, final List<String> arguments)
        throws IOException, InterruptedException {
        final List<String> all = new ArrayList<>(List.of("127.0.0.1", "-p", Integer.toString(port)));
        all.addAll(arguments);
        for (int i = 0; i < TRIES; i++) {
            if (server.waitFor(TRY_EVERY_MS, TimeUnit.MILLISECONDS)) {
                why = ": its server ended with exit code " + server.exitValue();
                return "";
            }
            final Process client = start(all, Redirect.PIPE);
            final String output;
            try (InputStream stream = client.getInputStream()) {
                output = new String(stream.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
            }
            // The stream is at its end or too long: what still runs is not worth waiting for.
            if (!client.waitFor(TRY_EVERY_MS, TimeUnit.MILLISECONDS)) {
                client.destroyForcibly();
            }
            if (client.waitFor() == 0) {
                return output;
            }
            why = ": exit code " + client.exitValue();
        }
        return "";
    }

    private Process start(final List<String> arguments, final Redirect output) throws IOException {
        final List<String> line = new ArrayList<>();
        line.add(command.toString());
        line.addAll(arguments);
        final ProcessBuilder builder =
            new ProcessBuilder(line).redirectOutput(output).redirectError(Redirect.DISCARD);
        builder.environment().put("UCX_TLS", "posix,self");
        builder.environment().put("LC_ALL", "C");
        final Process process = builder.start();
        children.add(process);
        CompletableFuture.delayedExecutor(LIMIT_S, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }

    private void endAll() {
        for (final Process child : children) {
            child.destroyForcibly();
            child.onExit().join();
        }
        children.clear();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
