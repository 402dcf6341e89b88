package io.rnic.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random programs do through every front end what the model says. Programs begin at a seed that is told, one each; a
 * failure is told as the shortest program found that fails, with its own seed.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class DifferentialTest {
    private static final long PROGRAMS = TestProperties.get(TestProperties.PROGRAMS, 10_000);
    private static final long SEED = TestProperties.get(TestProperties.SEED, 10_454_654_384_414L);
    private static final int THREADS = 3;

    static List<String> frontEnds() {
        return Rnic.frontEnds();
    }

    @ParameterizedTest
    @MethodSource("frontEnds")
    void shouldDoWhatTheModelSays(final String frontEnd) throws InterruptedException {
        final long begin = System.nanoTime();
        final Tally tally = runPrograms(frontEnd, Machine.newDevice(), SEED, PROGRAMS);
        tell(frontEnd, PROGRAMS, tally, begin);
        assertThat(tally.calls()).isGreaterThan(PROGRAMS);
    }

    /** Each thread has programs, objects and memory of its own, on one device. */
    @ParameterizedTest
    @MethodSource("frontEnds")
    void shouldDoWhatTheModelSaysWhileOthersDo(final String frontEnd) throws Exception {
        final long begin = System.nanoTime();
        final long each = Math.max(1, PROGRAMS / 20);
        final String device = Machine.newDevice();
        final List<Future<Tally>> threads = new ArrayList<>();
        final Tally all = new Tally();
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                final long seed = SEED + i * each;
                threads.add(executor.submit(() -> runPrograms(frontEnd, device, seed, each)));
            }
            for (final Future<Tally> thread : threads) {
                all.add(thread.get());
            }
        } catch (final ExecutionException e) {
            throw new AssertionError(THREADS + " threads on one device: " + e.getMessage(), e);
        }
        tell(frontEnd + ", " + THREADS + " threads", THREADS * each, all, begin);
        assertThat(all.calls()).isGreaterThan(THREADS * each);
    }

    /** The NIC's work is done by a thread of its own. */
    @ParameterizedTest
    @MethodSource("frontEnds")
    void shouldDoWhatTheModelSaysInDedicated(final String frontEnd) throws InterruptedException {
        final long begin = System.nanoTime();
        final long programs = Math.max(1, PROGRAMS / 50);
        final Tally tally = runPrograms(RnicOptions.defaults().withFrontEnd(frontEnd).with("threading", "dedicated"),
            Machine.newDevice(), SEED, programs);
        tell(frontEnd + ", dedicated", programs, tally, begin);
        assertThat(tally.calls()).isGreaterThan(programs);
    }

    private static void tell(final String how, final long programs, final Tally tally, final long beginNs) {
        System.out.printf("differential, %s: %d programs from seed %d in %.1f s: %s%n", how, programs, SEED,
            (System.nanoTime() - beginNs) / 1e9, tally);
    }

    /** Runs the programs of so many seeds; returns what came of their calls. */
    private static Tally runPrograms(
        final String frontEnd, final String device, final long firstSeed, final long count)
        throws InterruptedException {
        return runPrograms(RnicOptions.defaults().withFrontEnd(frontEnd), device, firstSeed, count);
    }

    private static Tally runPrograms(
        final RnicOptions options, final String device, final long firstSeed, final long count)
        throws InterruptedException {
        final Tally tally = new Tally();
        try (Differential differential = new Differential(options, device)) {
            for (long i = 0; i < count; i++) {
                final Program program = ProgramGenerator.of(firstSeed + i);
                final Differential.Failure failure = differential.run(program, tally);
                if (failure != null) {
                    throw new AssertionError(differential.explain(program, failure, options.toString()));
                }
            }
        }
        return tally;
    }
}
