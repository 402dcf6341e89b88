package io.rnic.emu.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.util.StringUtils;

/**
 * Runs the scenarios of this package, each in a JVM of its own, in the folder that Maven calls it in. Leaves there
 * {@code summary.txt} (outcomes and how often each was seen), {@code jcstress.log} and jcstress's own report.
 *
 * <p>System properties: {@code jcstress.args}, options of jcstress, separated by blanks, quoted where they contain
 * some; {@code jcstress.minutes}, after which the run has failed.
 */
@EnabledIfSystemProperty(named = "jcstress.args", matches = ".+")
class RingStress {
    private static final Path SUMMARY = Path.of("summary.txt").toAbsolutePath();
    private static final Path LOG = Path.of("jcstress.log").toAbsolutePath();
    private static final String RESULTS = "jcstress-results-*.bin.gz";

    private final List<String> lines = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long samples;
    private int outcomes;

    @Test
    void shouldSeeNoForbiddenOutcome() throws Exception {
        final long startNs = System.nanoTime();
        final int exitCode = run();
        final List<TestResult> results = results();
        for (final String scenario : new TreeSet<>(TestList.tests())) {
            summarise(scenario, results.stream().filter(result -> result.getName().equals(scenario)).toList());
        }
        final long durationS = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
        final String total = String.format(Locale.ROOT,
            "jcstress: %d scenarios, %,d samples, %d outcomes, %d failures, %d s; %s", TestList.tests().size(),
            samples, outcomes, failures.size(), durationS, SUMMARY);
        lines.add(total);
        Files.write(SUMMARY, lines);
        System.err.println(total);
        assertThat(failures).as("see %s and %s", SUMMARY, LOG).isEmpty();
        assertThat(exitCode).as("exit code of jcstress, see %s", LOG).isZero();
    }

    private static int run() throws IOException, InterruptedException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(Path.of(""), RESULTS)) {
            for (final Path file : old) {
                Files.delete(file);
            }
        }
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // All that it starts gets these too. The last is for the padding of jcstress's own results.
            "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:-RestrictContended",
            "-cp", System.getProperty("java.class.path"), Main.class.getName(), "-r", "report"));
        command.addAll(StringUtils.splitQuotedEscape(System.getProperty("jcstress.args", "")));
        final Process child =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(LOG.toFile()).start();
        try {
            assertThat(child.waitFor(Integer.getInteger("jcstress.minutes", 5), TimeUnit.MINUTES))
                .as("jcstress ended in time; what hangs is in %s", LOG).isTrue();
            return child.exitValue();
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }

    /** What each JVM of each scenario saw. */
    private static List<TestResult> results() throws IOException, ClassNotFoundException {
        final InProcessCollector collector = new InProcessCollector();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(""), RESULTS)) {
            for (final Path file : files) {
                final DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
                reader.dump();
                reader.close();
            }
        }
        return ReportUtils.mergedByName(collector.getTestResults());
    }

    private void summarise(final String scenario, final List<TestResult> results) {
        final String name = scenario.substring(scenario.lastIndexOf('.') + 1);
        if (results.isEmpty() || results.getFirst().getTotalCount() == 0) {
            failures.add(name + " was not run");
            return;
        }
        final TestResult result = results.getFirst();
        samples += result.getTotalCount();
        lines.add(String.format(Locale.ROOT, "%-26s %,15d samples", name, result.getTotalCount()));
        if (result.status() != Status.NORMAL) {
            failures.add(name + ": " + result.status() + " " + result.getMessages());
        }
        for (final GradingResult outcome : result.grading().gradingResults.values()) {
            if (outcome.count > 0) {
                outcomes++;
                lines.add(String.format(Locale.ROOT, "    %-21s %,15d %s: %s", outcome.id, outcome.count,
                    outcome.expect, outcome.description));
            }
        }
        result.grading().failureMessages.forEach(message -> failures.add(name + ": " + message));
    }
}
