package io.rnic.bench.peers;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.OutOfMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Tests in a JVM of their own, a child of this one with the same options: what a compiler has seen of other tests makes
 * it compile one differently, and no program is all of them. It sleeps between its turns.
 *
 * <pre>
 *   this JVM  --- standard input: a line a run, "TEST NANOSECONDS" ---&gt;  {@link ChildMain}
 *            &lt;-- standard output: "peers: ready PINNING", "peers: VALUE ALLOCATED", "peers: failed WHY" ---
 * </pre>
 *
 * <p>The child ends when its standard input does, so also when this JVM is killed.
 */
final class ChildJvm implements Jvm {
    /** What each answer begins with, for a JVM writes its warnings there too. */
    static final String ANSWER = "peers: ";

    /** What the first answer goes on with. */
    static final String READY = "ready ";

    /** What the last answer of a child that failed goes on with. */
    static final String FAILED = "failed ";

    /** What a JVM ends with after SIGINT and SIGTERM. */
    private static final List<Integer> STOPPED = List.of(130, 143);

    private static final int END_S = 20;
    /** What a JVM ends with that is to end when it lacks memory. */
    private static final int OUT_OF_MEMORY = 3;

    private final String name;
    private final PrintStream err;
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;
    private final Thread ender = new Thread(this::stop, "rnic-peers-end");
    /** What went wrong was told already. */
    private boolean failed;

    /**
     * Starts it; it sets its tests up while this JVM goes on.
     *
     * @param name  what it is called in errors
     * @param kinds its tests
     * @param err   where what it prints goes that is no answer
     */
    ChildJvm(final String name, final List<Kind> kinds, final PrintStream err) {
        this.name = name;
        this.err = err;
        try {
            process = new ProcessBuilder(command(kinds)).redirectError(Redirect.INHERIT).start();
        } catch (final IOException e) {
            throw new ExperimentException(name + ": cannot start a JVM", e);
        }
        try {
            Runtime.getRuntime().addShutdownHook(ender);
        } catch (final IllegalStateException e) {
            process.destroy();
            throw cancelled();
        }
        requests = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    private static List<String> command(final List<Kind> kinds) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        // Whichever thread lacks memory: one that serves others would leave them waiting.
        command.add("-XX:+ExitOnOutOfMemoryError");
        final Module module = ChildMain.class.getModule();
        if (module.isNamed()) {
            // Its path is among the options.
            command.addAll(List.of("-m", module.getName() + "/" + ChildMain.class.getName()));
        } else {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildMain.class.getName()));
        }
        kinds.forEach(kind -> command.add(kind.name()));
        return command;
    }

    @Override
    public String open() {
        final String answer = answer();
        if (!answer.startsWith(READY)) {
            throw new ExperimentException(name + ": its JVM said '" + answer + "'; allowed: " + READY.strip());
        }
        return answer.substring(READY.length());
    }

    @Override
    public Outcome run(final Kind kind, final long durationNs) {
        requests.println(kind.name() + " " + durationNs);
        return Outcome.of(answer());
    }

    private String answer() {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(ANSWER + FAILED)) {
                    failed = true;
                    throw new ExperimentException(line.substring(ANSWER.length() + FAILED.length()));
                }
                if (line.startsWith(ANSWER)) {
                    return line.substring(ANSWER.length());
                }
                if (!line.isEmpty()) {
                    err.println(line);
                }
            }
            failed = true;
            final int exitCode = process.waitFor();
            if (STOPPED.contains(exitCode)) {
                throw cancelled();
            }
            throw new ExperimentException(exitCode == OUT_OF_MEMORY ? name + ": " + OutOfMemory.text("of its JVM")
                : name + ": its JVM ended with exit code " + exitCode);
        } catch (final IOException e) {
            throw new ExperimentException(name + ": nothing comes from its JVM", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException(name, e);
        }
    }

    /**
     * Lets it end by itself, and waits.
     *
     * @throws ExperimentException if it could not close its tests, or has not ended after 20 s and was killed
     */
    @Override
    public void close() {
        requests.close();
        try {
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new ExperimentException(name + ": its JVM did not end within " + END_S + " s, and was killed");
            }
            if (!failed && process.exitValue() != 0) {
                answer(); // says why
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            forgetEnder();
        }
    }

    private void forgetEnder() {
        try {
            Runtime.getRuntime().removeShutdownHook(ender);
        } catch (final IllegalStateException e) {
            // The JVM is going down: the hook waits too.
        }
    }

    private CancellationException cancelled() {
        return new CancellationException(name + ": its JVM was told to end");
    }

    /** The child. */
    ProcessHandle process() {
        return process.toHandle();
    }

    /** Ctrl-C, or a signal for this JVM alone: nothing of the child is left when this JVM has ended. */
    private void stop() {
        process.destroy();
        try {
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
