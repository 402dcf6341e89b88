package io.rnic.bench.regcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import io.rnic.registration.Policy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A sweep with policies that break, and limits that are too small: the others' results are written. */
class BrokenPoliciesTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    /** Never names a victim. */
    public static class Keeper implements Policy {
        @Override
        public void added(final int region, final long key, final int pages) {
            // Keeps all.
        }

        @Override
        public void hit(final int region) {
            // The same.
        }

        @Override
        public int victim(final Idle idle) {
            return NONE;
        }

        @Override
        public void removed(final int region, final boolean evicted) {
            // The same.
        }
    }

    /** Names a victim that there is not. */
    public static final class Wrong extends Keeper {
        @Override
        public int victim(final Idle idle) {
            return 1_000_000;
        }
    }

    /** Throws. */
    public static final class Thrower extends Keeper {
        @Override
        public void added(final int region, final long key, final int pages) {
            throw new StackOverflowError("its own");
        }
    }

    /** Throws what it does not declare. */
    public static final class Sneak extends Keeper {
        @Override
        public void added(final int region, final long key, final int pages) {
            Sneak.<RuntimeException>sneak(new IOException("undeclared"));
        }

        @SuppressWarnings("unchecked") // the type is erased
        private static <T extends Throwable> void sneak(final Throwable thrown) throws T {
            throw (T) thrown;
        }
    }

    /** Cannot be initialized. */
    public static final class Uninitialized extends Keeper {
        static final int NUMBER = Integer.parseInt("its own");
    }

    /** Throws when it is made for the second time: for the execution. */
    public static final class OnceOnly extends Keeper {
        static int made;

        /** Counts. */
        public OnceOnly() {
            made++;
        }

        @Override
        public void added(final int region, final long key, final int pages) {
            if (made > 1) {
                throw new AssertionError("not again");
            }
        }
    }

    /** Cannot be made. */
    public static final class Unmade extends Keeper {
        /** Throws. */
        public Unmade() {
            throw new UnsupportedOperationException("its own");
        }
    }

    private int run(final String... more) {
        final List<String> args = new ArrayList<>(List.of("regcache", "--class-path",
            System.getProperty("java.io.tmpdir"), "--json", folder.resolve("a.json").toString()));
        args.addAll(Arrays.asList(more));
        final PrintStream stream = new PrintStream(err, true, UTF_8);
        return RnicCommand.run(args.toArray(String[]::new), stream, stream);
    }

    private JsonNode report() {
        return JsonMapper.builder().build().readTree(folder.resolve("a.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"region", "page"})
    void shouldLeaveOutThePoliciesThatBreakAndWriteTheOthers(final String unit) {
        final List<String> broken = List.of(Keeper.class.getName(), Wrong.class.getName(), Thrower.class.getName(),
            Unmade.class.getName(), Sneak.class.getName());
        assertThat(run("--workload", "mixed", "--requests", "5000", "--memory", "64M", "--unit", unit, "--limit",
            unit.equals("page") ? "512" : "2M", "--policy", "lru,arc," + String.join(",", broken)))
            .as(err.toString(UTF_8)).isEqualTo(1);
        assertThat(report().path("results").valueStream().map(row -> row.path("policy").asString()))
            .containsExactly("lru", "arc");
        final String notes = report().path("notes").toString();
        assertThat(notes).contains(broken)
            .contains("StackOverflowError: its own", "undeclared").contains("region 1000000");
    }

    @Test
    void shouldKeepWhatWasSimulatedIfAPolicyBreaksWhenItIsExecuted() {
        OnceOnly.made = 0;
        assertThat(run("--workload", "zipf", "--requests", "1000", "--memory", "1M", "--request-bytes", "4K",
            "--limit", "4M", "--policy", OnceOnly.class.getName() + ",lru", "--execute", "--no-bounds"))
            .as(err.toString(UTF_8)).isEqualTo(1);
        assertThat(report().path("results").valueStream().map(row -> row.path("policy").asString()
            + " " + row.has("measuredCost"))).containsExactly(OnceOnly.class.getName() + " false", "lru true");
        assertThat(report().path("notes").toString()).contains(OnceOnly.class.getName() + " is simulated only")
            .contains("not again");
    }

    @Test
    void shouldSayWhyAClassCannotBeInitialized() {
        assertThat(run("--workload", "zipf", "--policy", Uninitialized.class.getName())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains(Uninitialized.class.getName()).contains("its own");
    }

    @Test
    void shouldFailIfNoPolicyIsLeft() {
        assertThat(run("--workload", "mixed", "--requests", "5000", "--limit", "2M", "--policy",
            Wrong.class.getName())).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains(Wrong.class.getName());
        assertThat(folder.resolve("a.json")).doesNotExist();
    }

    @Test
    void shouldLeaveOutTheLimitsThatAreTooSmall() throws IOException {
        final Path trace = Files.writeString(folder.resolve("trace"), "0,4096\n0,100000\n8192,200000\n0,4096\n");
        assertThat(run("--trace", trace.toString(), "--limit", "128K,1M", "--policy", "lru,all-beforehand"))
            .as(err.toString(UTF_8)).isZero();
        assertThat(report().path("results").valueStream()
            .map(row -> row.path("policy").asString() + " " + row.path("limit").asLong()))
            .containsExactly("lru 1048576", "all-beforehand 131072", "all-beforehand 1048576");
        assertThat(report().path("bounds").valueStream()).allSatisfy(row ->
            assertThat(row.path("limit").asLong()).isEqualTo(1 << 20)).isNotEmpty();
        assertThat(report().path("notes").toString()).contains("128 KiB is left out for lru").contains("200704 bytes");
        assertThat(run("--trace", trace.toString(), "--limit", "64K,128K", "--policy", "lru")).isEqualTo(1);
    }
}
