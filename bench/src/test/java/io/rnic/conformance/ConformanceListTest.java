package io.rnic.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.RnicTest;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;

/** The list itself: every number has its test, or stands among those that are not there yet. */
class ConformanceListTest {
    private static final int LAST = 72;
    private static final Pattern NAME = Pattern.compile("c(\\d\\d)_[a-z]\\w+");

    /** A section of the list: its name in the README, its numbers, and where they are tested. */
    private record Section(String name, int first, int last, List<Class<?>> tests) {
        private boolean has(final int number) {
            return number >= first && number <= last;
        }
    }

    private static final List<Section> SECTIONS = List.of(
        new Section("Posting", 1, 12, List.of(PostingTest.class)),
        new Section("Completion and flush", 13, 21, List.of(CompletionTest.class)),
        new Section("Memory protection", 22, 40, List.of(MemoryProtectionTest.class, RemoteAccessTest.class)),
        new Section("Receive", 41, 46, List.of(ReceiveTest.class)),
        new Section("Invalidate, windows", 47, 52,
            List.of(InvalidateAndWindowsTest.class, RevokedUnderWritesTest.class)),
        new Section("Atomics and immediate", 53, 56, List.of(AtomicsAndImmediateTest.class)),
        new Section("Queues and events", 57, 64, List.of(QueuesAndEventsTest.class)),
        new Section("Connection", 65, 72, List.of(ConnectionTest.class, WireTest.class)));

    /** Numbers without a test, and what they wait for. To be emptied. */
    private static final Map<Integer, String> NOT_YET = Map.of();

    private static Set<Integer> tested() {
        return SECTIONS.stream().flatMap(section -> tests(section).stream()).map(ConformanceListTest::number)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Method> tests(final Section section) {
        return section.tests.stream().flatMap(type -> Stream.of(type.getDeclaredMethods()))
            .filter(method -> AnnotationSupport.isAnnotated(method, RnicTest.class)).toList();
    }

    private static int number(final Method test) {
        final Matcher matcher = NAME.matcher(test.getName());
        assertThat(matcher.matches()).as("name of %s", test).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void shouldHaveATestOfEachNumberOrSayWhatItWaitsFor() {
        final Collection<Integer> listed = new ArrayList<>(tested());
        listed.addAll(NOT_YET.keySet());
        assertThat(listed).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, LAST).boxed().toList());
    }

    @Test
    void shouldFindEachTestInTheClassOfItsSection() {
        for (final Section section : SECTIONS) {
            assertThat(tests(section)).as(section.name).allMatch(test -> section.has(number(test)));
        }
    }

    @Test
    void shouldFindEveryTestClassOfThePackageInASection() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/java/io/rnic/conformance"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Test.java")))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(Stream.of(ConformanceListTest.class),
                    SECTIONS.stream().flatMap(section -> section.tests.stream()))
                    .map(type -> type.getSimpleName() + ".java").toList());
        }
    }

    @Test
    void shouldShowTheSameInTheReadme() throws IOException {
        final String table = SECTIONS.stream().map(ConformanceListTest::row).collect(Collectors.joining());
        assertThat(Files.readString(Path.of("../README.md"))).contains(table);
    }

    private static String row(final Section section) {
        return "| " + section.name + " | " + section.first + "–" + section.last + " | "
            + numbers(section, number -> tested().contains(number)) + " | " + waiting(section) + " |\n";
    }

    /** The numbers as ranges: 1–9, 12. */
    private static String numbers(final Section section, final Predicate<Integer> wanted) {
        final List<String> ranges = new ArrayList<>();
        int begin = 0;
        for (int number = section.first; number <= section.last + 1; number++) {
            final boolean in = number <= section.last && wanted.test(number);
            if (in && begin == 0) {
                begin = number;
            } else if (!in && begin != 0) {
                ranges.add(begin == number - 1 ? "" + begin : begin + "–" + (number - 1));
                begin = 0;
            }
        }
        return ranges.isEmpty() ? "none" : String.join(", ", ranges);
    }

    /** What is not there yet: fence (10), ORD (11). */
    private static String waiting(final Section section) {
        final Map<String, List<String>> byReason = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int number = section.first; number <= section.last; number++) {
            if (NOT_YET.containsKey(number)) {
                byReason.computeIfAbsent(NOT_YET.get(number), reason -> new ArrayList<>()).add("" + number);
            }
        }
        return byReason.isEmpty() ? "none" : byReason.entrySet().stream()
            .map(entry -> entry.getKey() + " (" + String.join(", ", entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
    }
}
