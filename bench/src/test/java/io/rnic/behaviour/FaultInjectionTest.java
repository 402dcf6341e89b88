package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Faults;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The NIC fails as a test asks it to, through both front ends, and recovers as from any other failure. */
class FaultInjectionTest {
    private static void write(final ConnectedPair pair, final long wrId, final int offset, final int length) {
        pair.client().write(wrId, offset, length, pair.server().region().address() + offset,
            pair.server().region().rkey());
    }

    private static void assertBroken(final ConnectedPair pair) {
        assertThat(pair.client().queuePair().state()).isEqualTo(QueuePairState.ERROR);
        pair.server().awaitState(QueuePairState.ERROR);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "drop:100")
    void shouldDropAConnectionInTheMiddleOfAWrite(final ConnectedPair pair) {
        pair.client().memory().fill((byte) 7);
        write(pair, 1, 0, 64);
        assertThat(pair.client().awaitSend()).succeeded().hasWrId(1);
        write(pair, 2, 64, 64);
        write(pair, 3, 128, 64);
        assertThat(pair.client().awaitSend()).wasFlushed().hasWrId(2).hasNoTerminate();
        assertThat(pair.client().awaitSend()).wasFlushed().hasWrId(3);
        assertBroken(pair);
        final byte[] expected = new byte[192];
        Arrays.fill(expected, 0, 100, (byte) 7);
        assertThat(pair.server().bytes(0, 192)).isEqualTo(expected);
        expectInjected(pair, Check.INJECTED_DROP, 2);
        assertThat(Objects.requireNonNull(pair.server().queuePair().diagnosis()).check())
            .isEqualTo(Check.PEER_DISCONNECTED);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "drop:10")
    void shouldFlushAReceiveThatADroppedConnectionLeftHalfFull(final ConnectedPair pair) {
        pair.server().receive(1, 0, 64);
        pair.server().receive(2, 64, 64);
        pair.client().send(3, 0, 64);
        assertThat(pair.client().awaitSend()).wasFlushed().hasWrId(3);
        assertThat(pair.server().awaitReceive()).wasFlushed().hasWrId(1);
        assertThat(pair.server().awaitReceive()).wasFlushed().hasWrId(2);
        assertThat(Completions.poll(pair.server().receives())).isEmpty();
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "drop:0")
    void shouldDropAReadBeforeItsFirstByte(final ConnectedPair pair) {
        pair.server().memory().fill((byte) 7);
        pair.client().read(1, 0, 8, pair.server().region().address(), pair.server().region().rkey());
        assertThat(pair.client().awaitSend()).wasFlushed();
        assertThat(pair.client().bytes(0, 8)).containsOnly(0);
        assertBroken(pair);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "terminate:2=1/1/0")
    void shouldAnswerADeliveryByATerminate(final ConnectedPair pair) {
        write(pair, 1, 0, 8);
        assertThat(pair.client().awaitSend()).succeeded();
        write(pair, 2, 0, 8);
        assertThat(pair.client().awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR).hasWrId(2)
            .hasTerminate(1, 1, 0);
        assertBroken(pair);
        expectInjected(pair, Check.INJECTED_TERMINATE, 2);
    }

    /** The fault names the Write that it befell. */
    private static void expectInjected(final ConnectedPair pair, final Check check, final long wrId) {
        final Diagnosis diagnosis = Objects.requireNonNull(pair.client().queuePair().diagnosis());
        assertThat(diagnosis.check()).isEqualTo(check);
        assertThat(diagnosis.operation()).isEqualTo(CompletionOpcode.RDMA_WRITE);
        assertThat(diagnosis.wrId()).isEqualTo(wrId);
    }

    /** The answer, a second delivery of the server, is no request of its own. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", faults = "terminate:2=1/1/0")
    void shouldNameNoRequestWhereAnAnswerIsRefused(final ConnectedPair pair) {
        pair.server().write(1, 0, 8, pair.client().region().address(), pair.client().region().rkey());
        assertThat(pair.server().awaitSend()).succeeded();
        pair.client().read(2, 0, 8, pair.server().region().address(), pair.server().region().rkey());
        final Diagnosis diagnosis = pair.server().awaitDiagnosis();
        assertThat(diagnosis.check()).isEqualTo(Check.INJECTED_TERMINATE);
        assertThat(diagnosis.operation()).isNull();
        assertThat(diagnosis.wrId()).isNull();
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "terminate:1=1/2/2")
    void shouldTakeNoReceiveForASendThatIsAnsweredByATerminate(final ConnectedPair pair) {
        pair.server().receive(1, 0, 8);
        pair.client().send(2, 0, 8);
        assertThat(pair.client().awaitSend()).hasStatus(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR)
            .hasTerminate(1, 2, 2);
        assertThat(pair.server().awaitReceive()).wasFlushed().hasWrId(1);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "overrun:3")
    void shouldOverrunACompletionQueueThatIsNotFull(final ConnectedPair pair) {
        for (int i = 1; i <= 3; i++) {
            write(pair, i, 0, 8);
        }
        final CompletionQueue sends = pair.client().sends();
        assertThat(Completions.await(sends, 2)).extracting(CompletedRequest::wrId).containsExactly(1L, 2L);
        while (pair.client().queuePair().state() != QueuePairState.ERROR) {
            Thread.onSpinWait();
        }
        expectRefused(RnicError.COMPLETION_QUEUE_OVERRUN, () -> sends.poll(completion -> { }, 1))
            .hasMessageContainingAll("INJECTED", "overrun");
        assertThat(pair.client().awaitDiagnosis().check()).isEqualTo(Check.INJECTED_OVERRUN);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "overrun:2")
    void shouldSayOfReceivesTooThatTheOverrunWasAskedFor(final ConnectedPair pair) {
        for (int i = 0; i < 2; i++) {
            pair.server().receive(i, 0, 8);
            pair.client().queuePair().postSend(new SendRequest().send(i).sge(pair.client().region(), 0, 8));
        }
        assertThat(pair.server().awaitDiagnosis().check()).isEqualTo(Check.INJECTED_OVERRUN);
        assertThat(pair.server().awaitReceive()).hasWrId(0).succeeded();
        expectRefused(RnicError.COMPLETION_QUEUE_OVERRUN, () -> pair.server().receives().poll(completion -> { }, 1))
            .hasMessageContaining("INJECTED");
    }

    @Test
    void shouldCheckTheNumbersOfAFaultWhereItIsAskedFor() {
        final Faults none = Faults.none();
        final String most = "to " + (Long.MAX_VALUE - 1);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.failRegistration(0)).hasMessageContaining("1 " + most);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.failRegistrations(200)).hasMessageContaining("0 to 100");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.terminate(0, 1, 2, 3)).hasMessageContaining("delivery 0");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.terminate(1, 16, 2, 3)).hasMessageContaining("layer 16");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.terminate(1, 1, -1, 3)).hasMessageContaining("0 to 15");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.terminate(1, 1, 2, 256)).hasMessageContaining("0 to 255");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.dropAfter(-1)).hasMessageContaining("0 " + most);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.overrunAt(0)).hasMessageContaining("completion 0");
        expectRefused(RnicError.INVALID_ARGUMENT, () -> none.delayCompletions(-1)).hasMessageContaining("polls -1");
    }

    @RnicTest(faults = "delay:3")
    void shouldAddFaultsToThoseThatAreThere(final RnicOptions options) {
        final RnicOptions both = Faults.none().dropAfter(10).addTo(options);
        assertThat(both.explicit()).containsEntry("faults", "delay:3;drop:10");
        final RnicOptions twice = Faults.none().delayCompletions(4).addTo(both);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> Rnic.open(twice))
            .hasMessageContaining("'delay' is there twice");
    }

    @RnicTest(link = {"loopback", "tcp"}, faults = "delay:5")
    void shouldHandOverCompletionsLate(final ConnectedPair pair) {
        final CompletionQueue sends = pair.client().sends();
        for (int lap = 0; lap < 3; lap++) {
            write(pair, 1, 0, 8);
            write(pair, 2, 0, 8);
            Await.until("both completions", () -> sends.query().unpolled() == 2);
            for (int poll = 0; poll < 5; poll++) {
                assertThat(sends.poll(completion -> { }, 16)).as("poll %d", poll).isZero();
            }
            assertThat(sends.poll(completion -> { }, 16)).isEqualTo(2);
            assertThat(sends.poll(completion -> { }, 16)).isZero();
        }
    }

    @RnicTest(link = {"loopback", "tcp"}, faults = "delay:1000000")
    void shouldLoseNoWakeUpThoughCompletionsAreLate(final Rnic rnic, final RnicOptions options) throws Exception {
        try (CompletionChannel channel = rnic.createCompletionChannel();
            CompletionQueue queue = rnic.createCompletionQueue(16, channel);
            Side side = Side.of(rnic);
            QueuePair sender = side.domain().createQueuePair(QueuePairOptions.of(queue))) {
            ConnectedPair.connect(sender, rnic, side.queuePair());
            sender.postSend(new SendRequest().write(1, 0, 0).signalled(true));
            Await.until("the completion", () -> queue.query().unpolled() == 1);
            assertThat(queue.poll(completion -> { }, 1)).isZero();
            queue.requestNotification();
            assertThat(queue.poll(completion -> { }, 1)).as("armed, then polled").isOne();
            sender.postSend(new SendRequest().write(2, 0, 0).signalled(true));
            assertThat(channel.await(Duration.ofSeconds(20))).isSameAs(queue);
        }
    }

    @RnicTest(link = {"loopback", "tcp"})
    void shouldBeAskedByCodeToo(final RnicOptions options) throws InterruptedException {
        final Faults faults =
            Faults.none().dropAfter(8).overrunAt(100).delayCompletions(1).failRegistration(50).seed(3);
        assertThat(faults).hasToString("delay:1;drop:8;overrun:100;register:50;seed:3");
        assertThat(Faults.none().failRegistrations(5).terminate(1, 1, 2, 5))
            .hasToString("register:5%;terminate:1=1/2/5");
        try (ConnectedPair pair = ConnectedPair.open(faults.addTo(options))) {
            write(pair, 1, 0, 8);
            assertThat(pair.client().awaitSend()).succeeded();
            write(pair, 2, 0, 8);
            assertThat(pair.client().awaitSend()).wasFlushed();
        }
    }

    @RnicTest(link = {"loopback", "tcp"}, faults = "register:2")
    void shouldFailTheNthRegistrationAndLeaveNothingBehind(final Rnic rnic) {
        try (Side side = Side.of(rnic)) {
            expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> side.register(4096, Access.LOCAL_WRITE))
                .hasMessageContaining("faults=register:2");
            try (MemoryRegion third = side.register(4096, Access.LOCAL_WRITE)) {
                assertThat(third.length()).isEqualTo(4096);
            }
        }
    }
}
