package io.rnic.bench.regcache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.policy.Policies;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One limit, several caches. */
class SharedSimulationTest {
    private static final int PAGE = CostModel.PAGE_BYTES;
    private static final int LIMIT = 100;

    private static Simulation shared(final Sharing sharing, final Weights weights) {
        return Simulations.of(Policies.find("lru", SharedSimulationTest.class.getClassLoader()), Unit.REGION,
            CacheLimits.ofPages(LIMIT), CostModel.MLOCK, sharing, weights);
    }

    private static Simulation alone(final long pages) {
        return new RegionSimulation(Policies.find("lru", SharedSimulationTest.class.getClassLoader())
            .apply(new PolicyContext(pages, CostModel.MLOCK)), CacheLimits.ofPages(pages));
    }

    private static void touch(final Simulation simulation, final int process, final int pages) {
        for (int i = 0; i < pages; i++) {
            simulation.request((long) i * PAGE, PAGE, process);
        }
    }

    @Test
    void shouldGiveEachProcessOfAStaticSplitACacheOfItsPart() {
        final SplittableRandom random = new SplittableRandom(5);
        final Simulation shared = shared(Sharing.STATIC, new Weights(3, List.of(2)));
        final List<Simulation> alone = List.of(alone(50), alone(25), alone(25));
        for (int i = 0; i < 20_000; i++) {
            final int process = random.nextInt(3);
            final long offset = random.nextLong(80L * PAGE);
            final long length = 1 + random.nextLong(6L * PAGE);
            shared.request(offset, length, process);
            alone.get(process).request(offset, length);
        }
        for (int process = 0; process < 3; process++) {
            assertThat(shared.processes().get(process)).usingRecursiveComparison()
                .isEqualTo(alone.get(process).tally());
            assertThat(alone.get(process).tally().hits()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "ONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNeverLockMoreThanTheLimit(final Sharing sharing) {
        final SplittableRandom random = new SplittableRandom(6);
        final Simulation shared = shared(sharing, Weights.equal(4));
        for (int i = 0; i < 20_000; i++) {
            shared.request(random.nextLong(200L * PAGE), 1 + random.nextLong(5L * PAGE), random.nextInt(1 + i / 5000));
        }
        final Tally all = shared.tally();
        assertThat(all.lockedPagesMax()).isBetween(1L, (long) LIMIT);
        assertThat(all.requests()).isEqualTo(20_000);
        assertThat(all.hits() + all.registrations() + all.refused()).isEqualTo(20_000);
        assertThat(shared.processes()).hasSize(4);
    }

    @Test
    void shouldLetWhoComesFirstKeepItWhereNobodyArbitrates() {
        final Simulation shared = shared(Sharing.FIRST_COME, Weights.equal(1));
        touch(shared, 0, LIMIT);
        touch(shared, 1, 10);
        assertThat(shared.processes().get(1).refused()).isEqualTo(10);
        assertThat(shared.processes().get(0).deregistrations()).isZero();
    }

    @Test
    void shouldReclaimFromWhoHasMostBeyondItsPartForWhoHasLess() {
        final Simulation shared = shared(Sharing.RECLAIM, new Weights(1, List.of(3, 1)));
        touch(shared, 0, LIMIT);
        touch(shared, 1, 40);
        final Tally second = shared.processes().get(1);
        assertThat(second.refused()).isZero();
        // Beyond its part of a quarter it gives up regions of its own.
        assertThat(second.lockedPagesMax()).isEqualTo(25);
        assertThat(second.deregistrations()).isEqualTo(15);
        assertThat(shared.processes().get(0).deregistrations()).isEqualTo(25);
    }

    @Test
    void shouldShrinkProportionalPartsWhenOthersCome() {
        final Simulation shared = shared(Sharing.PROPORTIONAL, Weights.equal(1));
        touch(shared, 0, LIMIT);
        assertThat(shared.processes().get(0).lockedPagesMax()).isEqualTo(LIMIT);
        touch(shared, 1, 1);
        assertThat(shared.processes().get(1).refused()).isEqualTo(1);
        shared.request(500L * PAGE, PAGE, 0);
        assertThat(shared.processes().get(0).deregistrations()).isEqualTo(51);
        touch(shared, 1, 50);
        assertThat(shared.processes().get(1).refused()).isEqualTo(1);
    }
}
