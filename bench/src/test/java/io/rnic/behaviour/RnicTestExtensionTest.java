package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventType.FINISHED;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** What the extension hands out, and that it finds what a test leaves behind: tests are run inside these tests. */
class RnicTestExtensionTest {
    private static final List<RnicOptions> LEFT = new CopyOnWriteArrayList<>();
    private static final String LEFT_OPEN = "left open, through (user|kernel), invoker:\n";
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
        void leaveANic(final RnicOptions options) {
            Rnic.open(options);
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

        @RnicTest(link = {})
        void askForNoLink(final Rnic rnic) {
        }

        @RnicTest(frontEnds = {})
        void askForNoFrontEnd(final Rnic rnic) {
        }

        @RnicTest(frontEnds = {"all", "user"})
        void askForAllAndOneMore(final Rnic rnic) {
        }

        @RnicTest(threading = {"invoker", "dedicated", "invoker"})
        void askForTheSameThreadingTwice(final Rnic rnic) {
        }

        @RnicTest(frontEnds = "user", faults = "rubbish")
        void askForAFaultThatIsNoneAndTakeNothing() {
        }

        @RnicTest(threading = "dedicated", link = "tcp")
        void fail(final ConnectedPair pair) {
            assertThat(pair.client().sends().capacity()).isZero();
        }

        @RnicTest(settings = {"maxQueuePairs=4", "maxQueuePairs=4"})
        void askTwice(final Rnic rnic) {
        }

        @RnicTest(settings = "link=tcp", link = "loopback")
        void askForTwoLinks(final Rnic rnic) {
        }

        @RnicTest(settings = "device=mine")
        void askForADevice(final Rnic rnic) {
        }

        @RnicTest(faults = "drop:1;drop:2", frontEnds = "user")
        void askForTwoDrops(final Rnic rnic) {
        }

        /** The window is older than the region that it is bound to, and the pair's region has one too. */
        @RnicTest
        void leaveBoundWindows(final ConnectedPair pair, final RnicOptions options) {
            LEFT.add(options);
            bind(pair.client(), pair.client().domain().allocateMemoryWindow(), pair.client().region());
            final MemoryWindow window = pair.client().domain().allocateMemoryWindow();
            bind(pair.client(), window, pair.client().register(128, Access.values()));
        }

        private static void bind(final Side side, final MemoryWindow window, final MemoryRegion region) {
            side.queuePair().postSend(new SendRequest().bind(1, window, region, 0, 64, Access.REMOTE_READ)
                .signalled(true));
            assertThat(side.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
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
            LEFT_OPEN + "  memory region stag=0x[0-9a-f]+ of 100 bytes, made at .*leaveARegion\\("
                + "RnicTestExtensionTest.java:\\d+\\)\n"));
    }

    @Test
    void shouldNameEveryKindOfObjectInTheOrderOfCreation() {
        assertThat(failures("leaveAll")).hasSize(2).allSatisfy(message -> assertThat(message).containsSubsequence(
            "protection domain, made", "completion channel, made", "completion queue of 8 completions, made",
            "queue pair ", "listener on "));
    }

    @Test
    void shouldCloseWhatIsLeftInTheRightOrderAndNameNothingElse() {
        assertThat(failures("leaveBoundWindows")).hasSize(2).allSatisfy(message -> assertThat(message)
            .containsPattern(LEFT_OPEN + "  memory window, made [^\n]*\n  memory window, made [^\n]*\n"
                + "  memory region [^\n]* of 128 bytes, made [^\n]*\nclose each"));
        assertThat(LEFT).hasSize(2).allSatisfy(options ->
            Rnic.open(options.with("maxQueuePairs", "7")).close()); // another device of the same name
    }

    @Test
    void shouldCountWhatANicOfTheTestsOwnHolds() {
        assertThat(failures("leaveThroughANicOfItsOwn")).hasSize(2).allSatisfy(message -> assertThat(message)
            .contains("1 memory regions", "1 protection domains", "1 queue pairs", "2 completion queues",
                "bytes of locked memory", "of a NIC that the test opened by its RnicOptions"));
    }

    @Test
    void shouldTellOfANicThatKeepsTheDeviceOpen() {
        assertThat(failures("leaveANic")).hasSize(2).allSatisfy(message -> assertThat(message)
            .contains("invoker:\n  1 NICs that the test opened by its RnicOptions"));
    }

    @Test
    void shouldFindWhatASetUpMethodLeftBeforeThePairWasMade() {
        assertThat(failures(run(LateSubjects.class, "leaveWhatWasMadeBefore"))).hasSize(2)
            .allSatisfy(message -> assertThat(message).containsPattern(
                LEFT_OPEN + "  completion queue of 16 completions, made at .*LateSubjects.make\\(.*\n"));
    }

    @Test
    void shouldNotHideTheTestsOwnFailure() {
        assertThat(failures("failAndLeave")).containsExactly("the test's own", "the test's own");
    }

    @Test
    void shouldSayBeneathAFailureWhichRunItWas() {
        final List<String> runs = run("fail").filter(event -> event.getType() == FINISHED)
            .map((Event event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable())
            .flatMap(Optional::stream).flatMap(failure -> Arrays.stream(failure.getSuppressed()))
            .map(Throwable::getMessage).toList();
        assertThat(runs).containsExactlyInAnyOrder("through kernel, dedicated, tcp",
            "through user, dedicated, tcp");
    }

    @Test
    void shouldSayWhatIsAllowed() {
        assertThat(failures("askForAFrontEndThatIsNone")).singleElement().asString()
            .contains("quantum", "kernel, user");
        assertThat(failures("askForASettingThatIsNone")).singleElement().asString().contains("'fast'", "name=value");
        assertThat(failures("askForNoThreading")).singleElement().asString().contains("invoker, dedicated");
        assertThat(failures("askForNoLink")).singleElement().asString().contains("configured, loopback, tcp, auto");
        assertThat(failures("askForNoFrontEnd")).singleElement().asString().contains("all, kernel, user");
        assertThat(failures("askTwice")).singleElement().asString().contains("'maxQueuePairs=4'", "once");
        assertThat(failures("askForTwoLinks")).singleElement().asString().contains("'link=tcp'", "@RnicTest(link)");
        assertThat(failures("askForADevice")).singleElement().asString().contains("'device=mine'");
        assertThat(failures("askForAllAndOneMore")).singleElement().asString()
            .contains("all, user", "all alone, or names of kernel, user");
        assertThat(failures("askForTheSameThreadingTwice")).singleElement().asString().contains("'invoker' twice");
        assertThat(failures("askForAFaultThatIsNoneAndTakeNothing")).singleElement().asString()
            .contains("rubbish", "allowed");
        assertThat(failures("askForTwoDrops")).isNotEmpty().allSatisfy(
            message -> assertThat(message).contains("'drop' is there twice"));
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
