package io.rnic.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Opcode;
import io.rnic.verbs.RnicOptions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failure is found, made short, and told so that it can be repeated. */
@Timeout(120)
class ShrinkerTest {
    /** A model that takes no notice of what the application writes. */
    private static final class Forgetful extends Model {
        Forgetful() {
            super(Differential.BEGIN);
        }

        @Override
        Set<String> fill(final Call.Fill call) {
            return Set.of(Outcome.OK);
        }
    }

    @Test
    void shouldLeaveOnlyWhatTheFailureNeeds() throws InterruptedException {
        final Program program = firstWith(ShrinkerTest::readsAndCloses);

        final Program shrunk = Shrinker.shrink(program, ShrinkerTest::readsAndCloses);

        assertThat(shrunk.calls()).hasSize(2);
        assertThat(shrunk.calls()).filteredOn(Call.PostSend.class::isInstance).singleElement()
            .satisfies(call -> assertThat(((Call.PostSend) call).requests()).hasSize(1));
    }

    /** Closes a queue pair and posts a Read, in whichever order. */
    private static boolean readsAndCloses(final Program program) {
        return program.calls().stream().anyMatch(Call.CloseQueuePair.class::isInstance)
            && program.calls().stream().anyMatch(call -> call instanceof Call.PostSend post
                && post.requests().stream().anyMatch(request -> request.opcode() == Opcode.RDMA_READ));
    }

    private static Program firstWith(final Shrinker.Fails what) throws InterruptedException {
        long seed = 1;
        while (!what.test(ProgramGenerator.of(seed))) {
            seed++;
        }
        return ProgramGenerator.of(seed);
    }

    @Test
    void shouldTellADifferenceAsAShortProgram() throws InterruptedException {
        final Program program = new Program(7, List.of(
            new Call.AllocateDomain(0, 0), new Call.CreateCompletionQueue(0, 0, 64),
            new Call.Fill(1, Machine.MARGIN, 8, 3),
            new Call.AllocateDomain(1, 1), new Call.CreateCompletionQueue(1, 1, 64),
            new Call.Poll(1, Call.Poll.ALL), new Call.CloseDomain(0)));
        final RnicOptions options = RnicOptions.defaults().withFrontEnd("user");
        try (Differential differential = new Differential(options, Machine.newDevice(), Forgetful::new)) {
            final Differential.Failure failure =
                Objects.requireNonNull(differential.run(program, new Tally()), "no failure");
            assertThat(differential.explain(program, failure, "user")).contains("-Drnic.test.seed=7")
                .contains("m1 at 256: 3 instead of 90", "0  m1.fill(256, 8 bytes, 3)").doesNotContain("d0");
        }
    }
}
