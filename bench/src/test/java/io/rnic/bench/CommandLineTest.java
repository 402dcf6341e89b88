package io.rnic.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;

/** Wrong usage: one line that says what was given and what is allowed, and exit code 2; nothing is measured. */
class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int run(final String... args) {
        return RnicCommand.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private void assertUsage(final int exitCode, final String given, final String allowed) {
        assertThat(exitCode).isEqualTo(2);
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8).lines()).hasSize(1).first().asString().contains(given, allowed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        comparre                           | 'comparre'          | compare
        --quick                            | '--quick'           | compare
        compare --fast                     | '--fast'            | --quick
        compare now                        | 'now'               | --quick
        compare --sizes 0                  | '0'                 | 1 to 1048576
        compare --sizes 1,2M               | '2M'                | 1 to 1048576
        compare --sizes many               | 'many'              | 1 to 1048576
        compare --front-ends user,hardware | 'hardware'          | user
        compare --front-ends user,user     | 'user' twice        | once
        compare --threading both           | 'both'              | invoker, dedicated
        compare --pinning glued            | 'glued'             | preferred, locked, accounted
        compare --crossing bridge          | 'bridge'            | null-syscall, none, spin:NANOSECONDS
        compare --file no-such-file        | 'no-such-file'      | readable file
        compare --json                     | --json              | --json FILE
        compare --json - --csv -           | '-'                 | one of them
        compare --json a --csv ./a         | 'a'                 | two different files
        compare --json=                    | without a name      | file that can be written
        compare --file=                    | without a name      | readable file
        compare --sizes 64,64              | '64' twice          | once
        peers --fast                       | '--fast'            | --quick
        peers now                          | 'now'               | --quick
        peers --rounds 0                   | '0'                 | 1 to 1000
        peers --rounds 1001                | '1001'              | 1 to 1000
        peers --rounds -1                  | '-1'                | 1 to 1000
        peers --rounds many                | 'many'              | 1 to 1000
        peers --only cache_line,warp       | 'warp'              | cache_line
        peers --only=                      | ''                  | cache_line
        peers --only ,                     | ','                 | one comma between two
        peers --only cache_line,           | 'cache_line,'       | one comma between two
        peers --json - --csv -             | '-'                 | one of them
        peers --json a --csv ./a           | 'a'                 | two different files
        peers --csv=                       | without a name      | file that can be written
        scale --queue-pairs 0              | '0'                 | 1 to 524288
        scale --queue-pairs 64,524289      | '524289'            | 1 to 524288
        scale --queue-pairs 64,64          | '64' twice          | once
        scale --queue-pairs -1             | '-1'                | 1 to 524288
        scale --entries 0                  | '0'                 | 1 to 4000000
        scale --entries 4000001            | '4000001'           | 1 to 4000000
        scale --entries many               | 'many'              | 1 to 4000000
        scale --rounds 0                   | '0'                 | 1 to 1000
        scale --rounds 1001                | '1001'              | 1 to 1000
        scale --front-ends hardware        | 'hardware'          | user
        scale --front-ends user,user       | 'user' twice        | once
        scale --front-ends ,               | ','                 | one comma between two
        scale --front-ends user,           | 'user,'             | one comma between two
        scale --queue-pairs ,64            | ',64'               | one comma between two
        scale --queue-pairs=               | ''                  | one comma between two
        compare --sizes 64,,65             | ''                  | 1 to 1048576
        regcache --policy lru,             | 'lru,'              | one comma between two
        scale --json - --csv -             | '-'                 | one of them
        scale --json a --csv ./a           | 'a'                 | two different files
        scale --json=                      | without a name      | file that can be written
        scale --json no-such-dir/a         | no-such-dir         | file that can be written
        scale now                          | 'now'               | --quick
        scale --fast                       | '--fast'            | --quick
        """)
    void shouldSayInOneLineWhatWasGivenAndWhatIsAllowed(final String line, final String given, final String allowed) {
        assertUsage(run(line.split(" ")), given, allowed);
    }

    /** A command that lacks memory. */
    @Command(name = "hoard")
    static final class Hoard implements Runnable {
        @Override
        public void run() {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @Test
    void shouldSayWhatToDoWithoutMemory() {
        assertThat(RnicCommand.run(new String[] {"hoard"}, new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8), new Hoard())).isEqualTo(1);
        assertThat(err.toString(UTF_8).lines()).hasSize(1).first().asString()
            .contains("out of memory (Java heap space)", "RNIC_JAVA_OPTS='-Xms1g -Xmx1g'");
    }

    @Test
    void shouldAskForACommand() {
        assertUsage(run(), "no command", "compare");
    }

    @Test
    void shouldRefuseAnEmptyFile() throws IOException {
        final Path empty = Files.createFile(folder.resolve("empty"));
        assertUsage(run("compare", "--file", empty.toString()), empty + "' is empty", "allowed");
    }

    @Test
    void shouldRefuseADirectoryAsFile() {
        assertUsage(run("compare", "--file", folder.toString()), "is a directory", "allowed");
    }

    @Test
    void shouldRefuseADirectoryAsTarget() {
        assertUsage(run("compare", "--json", folder.toString()), "is a directory", "allowed");
    }

    @Test
    void shouldRefuseADirectoryAsTargetOfPeers() {
        assertUsage(run("peers", "--json", folder.toString()), "is a directory", "allowed");
    }

    @Test
    void shouldRefuseATargetInNoDirectory() {
        final Path target = folder.resolve("none").resolve("results.csv");
        assertUsage(run("compare", "--csv", target.toString()), target.toString(), "there is no directory");
    }

    @Test
    void shouldPrintHelpAndVersion() {
        assertThat(run("--help")).isZero();
        assertThat(run("compare", "--help")).isZero();
        assertThat(run("peers", "--help")).isZero();
        assertThat(run("scale", "--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString(UTF_8))
            .contains("--quick", "--only", "--queue-pairs", "Exit codes", "rnic (not packaged)")
            .containsSubsequence("Usage: rnic", "Commands:", "compare", "peers", "scale", "pieces");
        assertThat(err.toString(UTF_8)).isEmpty();
    }
}
