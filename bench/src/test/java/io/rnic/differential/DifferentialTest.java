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
import java.util.function.Supplier;
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

    /** Half of them at a time as the other half, on a device of its own. */
    @ParameterizedTest
    @MethodSource("frontEnds")
    void shouldDoWhatTheModelSays(final String frontEnd) throws Exception {
        final long begin = System.nanoTime();
        final Tally tally = runInThreads(frontEnd, 2, Machine::newDevice, PROGRAMS);
        tell(frontEnd, PROGRAMS, tally, begin);
        assertThat(tally.calls()).isGreaterThan(PROGRAMS);
    }

    /** Each thread has programs, objects and memory of its own, on one device. */
    @ParameterizedTest
    @MethodSource("frontEnds")
    void shouldDoWhatTheModelSaysWhileOthersDo(final String frontEnd) throws Exception {
        final long begin = System.nanoTime();
        final long programs = Math.max(1, PROGRAMS / 20) * THREADS;
        final String device = Machine.newDevice();
        final Tally tally = runInThreads(frontEnd, THREADS, () -> device, programs);
        tell(frontEnd + ", " + THREADS + " threads", programs, tally, begin);
        assertThat(tally.calls()).isGreaterThan(programs);
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

    /** Runs so many programs, each thread its share of the seeds; returns what came of their calls. */
    private static Tally runInThreads(
        final String frontEnd, final int threads, final Supplier<String> devices, final long programs)
        throws InterruptedException {
        final RnicOptions options = RnicOptions.defaults().withFrontEnd(frontEnd);
        final List<Future<Tally>> shares = new ArrayList<>();
        final Tally all = new Tally();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                final long first = programs * i / threads;
                final long end = programs * (i + 1) / threads;
                final String device = devices.get();
                shares.add(executor.submit(() -> runPrograms(options, device, SEED + first, end - first)));
            }
            try {
                for (final Future<Tally> share : shares) {
                    all.add(share.get());
                }
            } finally {
                executor.shutdownNow(); // nothing is left to do, or one has failed, or the time is over
            }
        } catch (final ExecutionException e) {
            throw new AssertionError(threads + " threads: " + e.getMessage(), e);
        }
        return all;
    }

    /** Runs the programs of so many seeds. */
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
