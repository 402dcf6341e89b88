package io.rnic.differential;

import io.rnic.verbs.RnicOptions;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs programs through a front end, and holds each call against the model. */
final class Differential implements AutoCloseable {
    static final byte BEGIN = 0x5A;

    private final RnicOptions options;
    private final Supplier<Model> models;
    private Machine machine;

    /** Runs on a device by its name, which others may use too. */
    Differential(final RnicOptions options, final String device) throws InterruptedException {
        this(options, device, () -> new Model(BEGIN));
    }

    /** The same with other models, for tests of this. */
    Differential(final RnicOptions options, final String device, final Supplier<Model> models)
        throws InterruptedException {
        this.options = options;
        this.models = models;
        machine = new Machine(options, device);
    }

    /**
     * What went wrong.
     *
     * @param at  the call after which it showed
     * @param why what is not as it must be
     */
    record Failure(int at, String why) {
    }

    /** Runs a program from a clean start; null if all was as it must be. */
    @Nullable Failure run(final Program program, final Tally tally) throws InterruptedException {
        machine.clear(BEGIN);
        final Model model = models.get();
        for (int i = 0; i < program.calls().size(); i++) {
            final String why = step(model, program.calls().get(i), tally);
            if (why != null) {
                return new Failure(i, why);
            }
        }
        return null;
    }

    private @Nullable String step(final Model model, final Call call, final Tally tally) throws InterruptedException {
        final Outcome outcome;
        try {
            outcome = machine.run(call);
            machine.settle();
        } catch (final RuntimeException | Error e) {
            return "it threw " + e + at(e);
        }
        tally.add(outcome);
        final String wrong = model.check(call, outcome);
        if (wrong != null) {
            return wrong;
        }
        final String came = machine.takeEvents();
        final String due = model.events.take();
        return came.equals(due) ? compare(model) : "events " + came + " came instead of " + due;
    }

    private static String at(final Throwable thrown) {
        return thrown.getStackTrace().length == 0 ? "" : " at " + thrown.getStackTrace()[0];
    }

    /** Queue pairs and memory after a call. */
    private @Nullable String compare(final Model model) {
        for (int i = 0; i < Machine.SLOTS; i++) {
            final String actual = machine.observe(i);
            final String expected = model.observe(i);
            if (!Objects.equals(actual, expected)) {
                return "q" + i + " is '" + actual + "' instead of '" + expected + "'";
            }
            final String shared = machine.observeShared(i);
            final String expectedShared = model.observeShared(i);
            if (!Objects.equals(shared, expectedShared)) {
                return "s" + i + " has '" + shared + "' instead of '" + expectedShared + "'";
            }
            final String window = machine.observeWindow(i);
            final String expectedWindow = model.observeWindow(i);
            if (!Objects.equals(window, expectedWindow)) {
                return "w" + i + " has '" + window + "' instead of '" + expectedWindow + "'";
            }
            if (machine.isAlive(i)) {
                final String differs = model.memory.compare(i, machine.memory(i));
                if (differs != null) {
                    return differs;
                }
            }
        }
        return null;
    }

    /** The whole story of a failure, made short. */
    String explain(final Program program, final Failure failure, final String name) throws InterruptedException {
        final Program shrunk = Shrinker.shrink(program, this::failsAfresh);
        renew();
        final Failure again = run(shrunk, new Tally());
        final Failure told = again == null ? failure : again;
        renew();
        return name + ": program of seed " + program.seed() + " fails at call " + told.at() + ": " + told.why()
            + System.lineSeparator() + "shrunk from " + program.calls().size() + " to " + shrunk.calls().size()
            + " calls; again with -D" + TestProperties.SEED + "=" + program.seed() + " -D" + TestProperties.PROGRAMS
            + "=1" + System.lineSeparator() + shrunk.text();
    }

    private boolean failsAfresh(final Program program) throws InterruptedException {
        if (run(program, new Tally()) == null) {
            return false;
        }
        renew();
        return true;
    }

    /** A machine that no failure has touched. What the old one holds is left to the end of the JVM. */
    private void renew() throws InterruptedException {
        machine = new Machine(options, Machine.newDevice());
    }

    @Override
    public void close() {
        machine.close();
    }
}
