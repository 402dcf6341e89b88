package io.rnic.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules find what they are for. What is forbidden is spelt with a {@code ~} in it: this file is tidy itself. */
class TidyRulesTest {
    private static final String PATH = "api/src/main/java/io/rnic/verbs/Bad.java";

    private static List<String> check(final String text) {
        return TextRules.violations(SourceFile.of(PATH, text.replace("~", "")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "\tint a;|tab", "int a; |trailing blank", "// TO~DO later|leftover", "/** FIX~ME */|leftover",
        "x(\"XX~X\");|leftover", "// a HA~CK|leftover", "Thread.sle~ep(5);|sleep", "TimeUnit.SECONDS.sle~ep(5);|sleep",
        "Thread . sle~ep(5);|sleep", "@Dis~abled|disabled test", "@Dis~abled(\"why\")|disabled test",
        "System.ou~t.println();|print outside bench", "I~O.println(1);|print outside bench",
        "open(\"/ho~me/me/x\");|path of somebody's machine", "// see /wo~rk/x|path of somebody's machine",
        "x(\"/ro~ot/y\");|path of somebody's machine"})
    void shouldFindAForbiddenLine(final String line, final String what) {
        assertThat(check("class Bad {\n" + line + "\n}")).containsExactly(PATH + ":2: " + what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"// no Thread.sle~ep here", "say(\"System.ou~t\");", " * Thread.sle~ep", "int todo = hack;",
        "x(\"https://example.org/home/x\");", "char c = '\"'; // System.ou~t", "x(\"a\\\"System.ou~t\");"})
    void shouldLeaveAHarmlessLineAlone(final String line) {
        assertThat(check("class Good {\n" + line + "\n}")).isEmpty();
    }

    @Test
    void shouldAllowPrintingInBench() {
        assertThat(TextRules.violations(SourceFile.of("bench/src/main/java/X.java", "System.ou~t.x();".replace("~",
            ""))))
            .isEmpty();
    }

    @Test
    void shouldFindALongLineAndALongFile() {
        assertThat(check("x".repeat(TextRules.MAX_LINE))).isEmpty();
        assertThat(check("x".repeat(TextRules.MAX_LINE + 1))).singleElement().asString()
            .startsWith(PATH + ":1: line of " + (TextRules.MAX_LINE + 1) + " characters; allowed: ");
        assertThat(check("int a;\n".repeat(500))).isEmpty();
        assertThat(check("int a;\n".repeat(501))).containsExactly(PATH + ": 501 lines; allowed: 500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"    void run() {", "    public static <T extends A> List<T> run(final int a) throws B {",
        "    Bad(final int a) {", "    @Override public int[] run(\n        final int a,\n        final int b) {",
        "    private static final class In {\n        void run() {"})
    void shouldFindALongMethod(final String begin) {
        final int head = (int) begin.lines().count() - (begin.contains("class") ? 1 : 0);
        final String end = "\n    }\n}\n";
        assertThat(check("class Bad {\n" + begin + "\n        if (a) { b(); }".repeat(59 - head) + end)).isEmpty();
        assertThat(check("class Bad {\n" + begin + "\n        say(\"}\");".repeat(60 - head) + end))
            .singleElement().asString().endsWith(": method of 61 lines; allowed: 60");
    }

    @Test
    void shouldNotTakeManyShortMethodsForALongOne() {
        assertThat(check("class Good {\n"
            + "    abstract int a(int b);\n    void c() {\n        d();\n    }\n".repeat(40)
            + "}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "io.rnic.verbs, org.agrona.BitUtil", "io.rnic.verbs.spi, io.netty.buffer.ByteBuf",
        "io.rnic.verbs, io.rnic.emu.Device", "io.rnic.verbs, io.rnic.testing.Side",
        "io.rnic.testing, io.rnic.emu.Device",
        "io.rnic.emu.engine, io.netty.channel.Channel", "io.rnic.emu.wire, io.netty.buffer.ByteBuf",
        "io.rnic.emu.wire, io.rnic.emu.engine.Engine", "io.rnic.user, io.rnic.kernel.syscall.Kernel",
        "io.rnic.kernel.broker, io.rnic.user.UserRnic", "io.rnic.emu.queue, io.rnic.emu.Settings",
        "io.rnic.emu, io.rnic.kernel.KernelProvider"})
    void shouldFindAForbiddenImport(final String from, final String name) {
        assertThat(ArchitectureRules.violations(List.of(file(from, name)))).singleElement().asString()
            .startsWith("m/src/main/java/Bad.java: imports ");
        assertThat(ArchitectureRules.violations(List.of(file(from, "static " + name + ".member")))).hasSize(1);
    }

    private static SourceFile file(final String from, final String... names) {
        final StringBuilder text = new StringBuilder("package " + from + ";\n");
        for (final String name : names) {
            text.append("import ").append(name).append(";\n");
        }
        return SourceFile.of("m/src/main/java/Bad.java", text.toString());
    }

    @Test
    void shouldFindAnImportCycle() {
        final SourceFile queue = file("io.rnic.emu.queue", "io.rnic.emu.host.Pinner");
        final SourceFile host = file("io.rnic.emu.host", "java.util.List", "io.rnic.emu.memory.Dma");
        assertThat(ArchitectureRules.violations(List.of(queue, host))).isEmpty();
        assertThat(ArchitectureRules.violations(List.of(queue, host, file("io.rnic.emu.memory",
            "io.rnic.emu.queue.*"))))
            .hasSize(3).allMatch(what -> what.contains("is part of an import cycle"));
    }

    @Test
    void shouldAllowTheRootToKnowItsPartsAndNestedNames() {
        assertThat(ArchitectureRules.violations(List.of(
            file("io.rnic.emu", "io.rnic.emu.queue.SharedMemory.Block", "static io.rnic.emu.host.Pinning.LOCKED"),
            file("io.rnic.emu.queue", "io.rnic.emu.queue.Doorbell", "org.agrona.BitUtil")))).isEmpty();
    }
}
