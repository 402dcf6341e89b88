package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventType.FINISHED;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** What the extension hands out, and that it finds what a test leaves behind: tests are run inside these tests. */
class RnicTestExtensionTest {
    private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

    /** Run by the tests below, not by the build: most of them must fail. */
    static class Subjects {
        private @SuppressWarnings("NullAway.Init") ConnectedPair given;

        @BeforeEach
        void keep(final ConnectedPair pair) {
            given = pair;
        }

        @AfterEach
        void use(final ConnectedPair pair) {
            assertThat(pair.client().queuePair().number()).isPositive();
        }

        @RnicTest(threading = {"invoker", "dedicated"}, settings = {"maxQueuePairs=5", "pinning=preferred"})
        void look(final Rnic rnic, final Rnic same, final ConnectedPair pair, final RnicOptions options) {
            assertThat(rnic).isSameAs(same).isEqualTo(same).hasSameHashCodeAs(same);
            assertThat(pair).isSameAs(given);
            assertThat(pair.server().queuePair().state()).isEqualTo(QueuePairState.RTS);
            assertThat(rnic.attributes().maxQueuePairs()).isEqualTo(5);
            assertThat(rnic.attributes()).isEqualTo(pair.client().rnic().attributes());
            assertThat(options.explicit()).containsEntry("device", rnic.attributes().device());
            SEEN.add(rnic.frontEnd() + " " + rnic.attributes().threading());
        }

        @RnicTest
        void closeEverything(final Rnic rnic, final ConnectedPair pair, final RnicOptions options) {
            pair.client().queuePair().close();
            pair.server().region().close();
            Side.of(pair.client().rnic()).close();
            Rnic.open(options).close();
            rnic.close();
        }

        @RnicTest
        void leaveARegion(final ConnectedPair pair) {
            assertThat(pair.client().register(100, Access.LOCAL_WRITE).length()).isEqualTo(100);
        }

        @RnicTest
        void leaveAll(final Rnic rnic) {
            final ProtectionDomain domain = rnic.allocateProtectionDomain();
            domain.createQueuePair(QueuePairOptions.of(
                rnic.createCompletionQueue(8, rnic.createCompletionChannel())));
            rnic.listen(ConnectedPair.anyPort());
        }

        @RnicTest
        void leaveThroughANicOfItsOwn(final RnicOptions options) {
            Side.of(Rnic.open(options));
        }

        @RnicTest
        void failAndLeave(final Rnic rnic) {
            rnic.allocateProtectionDomain();
            throw new IllegalStateException("the test's own");
        }

        @RnicTest(frontEnds = "quantum")
        void askForAFrontEndThatIsNone(final Rnic rnic) {
        }

        @RnicTest(settings = "fast")
        void askForASettingThatIsNone(final Rnic rnic) {
        }

        @RnicTest(threading = {})
        void askForNoThreading(final Rnic rnic) {
        }
    }

    /** Asks for the pair after something was made. */
    static class LateSubjects {
        @BeforeEach
        void make(final Rnic rnic) {
            rnic.createCompletionQueue(16);
        }

        @RnicTest
        void leaveWhatWasMadeBefore(final ConnectedPair pair) {
            assertThat(pair.client().queuePair().state()).isEqualTo(QueuePairState.RTS);
        }
    }

    private static Events run(final String subject) {
        return run(Subjects.class, subject);
    }

    private static Events run(final Class<?> subjects, final String subject) {
        final Class<?>[] parameters = Arrays.stream(subjects.getDeclaredMethods())
            .filter(method -> method.getName().equals(subject)).findFirst().orElseThrow().getParameterTypes();
        return EngineTestKit.engine("junit-jupiter")
            .selectors(selectMethod(subjects, subject, parameters)).execute().allEvents();
    }

    /** The messages of all failures of that subject. */
    private static List<String> failures(final String subject) {
        return failures(run(subject));
    }

    private static List<String> failures(final Events events) {
        return events.filter(event -> event.getType() == FINISHED)
            .map((Event event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable())
            .filter(Optional::isPresent).map(thrown -> thrown.get().getMessage()).toList();
    }

    @Test
    void shouldRunThroughEveryFrontEndInEachModeWithTheSameObjectsForAllMethods() {
        assertThat(failures("look")).isEmpty();
        assertThat(SEEN).containsExactly("kernel dedicated", "kernel invoker", "user dedicated", "user invoker");
    }

    @Test
    void shouldMindNothingThatIsClosedBeforeTheEnd() {
        assertThat(run("closeEverything").succeeded().count()).isGreaterThanOrEqualTo(2);
        assertThat(failures("closeEverything")).isEmpty();
    }

    @Test
    void shouldNameTheRegionThatIsLeftAndTheLineThatMadeIt() {
        assertThat(failures("leaveARegion")).hasSize(2).allSatisfy(message -> assertThat(message).containsPattern(
            "left open:\n  memory region stag=0x[0-9a-f]+ of 100 bytes, made at .*leaveARegion\\("
                + "RnicTestExtensionTest.java:\\d+\\)\n"));
    }

    @Test
    void shouldNameEveryKindOfObjectInTheOrderOfCreation() {
        assertThat(failures("leaveAll")).hasSize(2).allSatisfy(message -> assertThat(message).containsSubsequence(
            "protection domain, made", "completion channel, made", "completion queue of 8 completions, made",
            "queue pair ", "listener on "));
    }

    @Test
    void shouldCountWhatANicOfTheTestsOwnHolds() {
        assertThat(failures("leaveThroughANicOfItsOwn")).hasSize(2).allSatisfy(message -> assertThat(message)
            .contains("1 memory regions", "1 protection domains", "1 queue pairs", "2 completion queues",
                "bytes of locked memory", "of a NIC that the test opened by its RnicOptions"));
    }

    @Test
    void shouldFindWhatASetUpMethodLeftBeforeThePairWasMade() {
        assertThat(failures(run(LateSubjects.class, "leaveWhatWasMadeBefore"))).hasSize(2)
            .allSatisfy(message -> assertThat(message).containsPattern(
                "left open:\n  completion queue of 16 completions, made at .*LateSubjects.make\\(.*\n"));
    }

    @Test
    void shouldNotHideTheTestsOwnFailure() {
        assertThat(failures("failAndLeave")).containsExactly("the test's own", "the test's own");
    }

    @Test
    void shouldSayWhatIsAllowed() {
        assertThat(failures("askForAFrontEndThatIsNone")).singleElement().asString()
            .contains("quantum", "kernel, user");
        assertThat(failures("askForASettingThatIsNone")).singleElement().asString().contains("'fast'", "name=value");
        assertThat(failures("askForNoThreading")).singleElement().asString().contains("invoker, dedicated");
    }

    @RnicTest
    void shouldLeaveNothingOfAPairWhoseQueuePairIsRefused(final RnicOptions options) {
        assertThatThrownBy(() -> ConnectedPair.open(options, queues -> queues.withSges(99, 99)))
            .hasMessageContaining("99");
    }

    @RnicTest(frontEnds = "kernel")
    void shouldLeaveNothingOfAPairThatMayNotConnect(final RnicOptions options) {
        assertThatThrownBy(() -> ConnectedPair.open(options.with("kernel.connectionRules", "deny any *")))
            .hasMessageContaining("deny any");
    }

    @RnicTest
    void shouldGiveEachSideANicOfItsOwn(final ConnectedPair pair) {
        assertThat(pair.client().rnic()).isNotEqualTo(pair.server().rnic());
        assertThat(Set.of(pair.client().domain(), pair.server().domain())).contains(pair.client().domain());
    }
}
