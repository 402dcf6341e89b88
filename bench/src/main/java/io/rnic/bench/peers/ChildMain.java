package io.rnic.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rnic.bench.run.ExperimentException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The main class of a {@link ChildJvm}: sets up the tests that its arguments name, and runs them as it is told. */
final class ChildMain {
    private static final Pattern REQUEST = Pattern.compile("[a-z0-9_]{1,64} [0-9]{1,15}");

    private ChildMain() {
    }

    /** Ends the JVM with 0 when its standard input ends, with 1 when a test fails. */
    public static void main(final String[] args) throws IOException {
        final PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
        // What anybody else prints is no answer.
        System.setOut(System.err);
        final BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        System.exit(serve(Arrays.asList(args), requests, answers));
    }

    /** The same for other streams; returns the exit code. */
    static int serve(final List<String> names, final BufferedReader requests, final PrintStream answers)
        throws IOException {
        try (Jvm jvm = new ThisJvm(names.stream().map(Kinds::named).toList())) {
            answer(answers, ChildJvm.READY + jvm.open());
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                answer(answers, run(jvm, names, line).line());
            }
            return 0;
        } catch (final RuntimeException | Error e) {
            final String message = e.getMessage() == null ? e.toString() : e.getMessage();
            answer(answers, ChildJvm.FAILED + message.lines().findFirst().orElse(""));
            return 1;
        }
    }

    private static Outcome run(final Jvm jvm, final List<String> names, final String line) {
        if (REQUEST.matcher(line).matches()) {
            final int space = line.indexOf(' ');
            final String name = line.substring(0, space);
            if (names.contains(name)) {
                return jvm.run(Kinds.named(name), Long.parseLong(line.substring(space + 1)));
            }
        }
        throw new ExperimentException("'" + line + "' is no request; allowed: the name of a test, one of "
            + String.join(", ", names) + ", and nanoseconds");
    }

    private static void answer(final PrintStream answers, final String text) {
        // On a line of its own, whatever the JVM itself has printed.
        answers.print("\n" + ChildJvm.ANSWER + text + "\n");
        answers.flush();
    }
}
