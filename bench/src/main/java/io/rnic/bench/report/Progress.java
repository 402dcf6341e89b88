package io.rnic.bench.report;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a long command is: a bar on a terminal, otherwise one line for each stage. Closing it, or the end of the
 * JVM by Ctrl-C, leaves the terminal at the beginning of a line.
 */
public final class Progress implements AutoCloseable {
    /** The system property by which the launcher says that standard error is a terminal. */
    public static final String TERMINAL_PROPERTY = "bench.terminal";

    private static final int WIDTH = 79;
    private static final int UPDATE_MS = 250;

    private final PrintStream err;
    private final @Nullable ProgressBar bar;
    private final Thread restorer = new Thread(this::end, "rnic-progress-end");
    private boolean ended;

    private Progress(final PrintStream err, final @Nullable ProgressBar bar) {
        this.err = err;
        this.bar = bar;
        Runtime.getRuntime().addShutdownHook(restorer);
    }

    /**
     * Starts.
     *
     * @param err   where to
     * @param task  what is going on, a word
     * @param steps how many steps it takes
     */
    public static Progress start(final PrintStream err, final String task, final int steps) {
        if (!Boolean.getBoolean(TERMINAL_PROPERTY)) {
            return new Progress(err, null);
        }
        // A consumer made here, for the library's own asks the terminal by native code.
        return new Progress(err, new ProgressBarBuilder().setTaskName(task).setInitialMax(steps).hideEta()
            .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MS)
            .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH)).build());
    }

    /** Says what is done from now on. */
    public void stage(final String name) {
        if (bar != null) {
            bar.setExtraMessage(" " + name);
        } else {
            err.println("rnic: " + name + " ...");
        }
    }

    /** One step more is done. */
    public void step() {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(restorer);
            end();
        } catch (final IllegalStateException e) {
            // The JVM is going down: the hook does it.
        }
    }

    private synchronized void end() {
        if (bar != null && !ended) {
            ended = true;
            bar.close();
        }
    }
}
