package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is refused is named, in the same words through both front ends. */
class MessagesTest {
    @RnicTest
    void shouldNameTheStateInWhichNothingCanBePosted(final Rnic rnic) {
        try (Side side = Side.of(rnic)) {
            final SendRequest[] list = {new SendRequest().send(3)};
            final String where = " on queue pair " + side.queuePair().number() + " in INIT: ";
            expectRefused(RnicError.INVALID_STATE, 0, () -> side.send(2, 0, 8)).hasMessageContaining("wrId=2", where);
            expectRefused(RnicError.INVALID_STATE, 0, () -> side.queuePair().postSend(list, 1))
                .hasMessageContainingAll("wrId=3", where);
        }
    }

    @RnicTest
    void shouldSayWhatFreesAFullSharedReceiveQueue(final Rnic rnic) {
        try (ProtectionDomain domain = rnic.allocateProtectionDomain();
            SharedReceiveQueue queue = domain.createSharedReceiveQueue(1, 1)) {
            final ReceiveRequest request = new ReceiveRequest().receive(5);
            queue.postReceive(request);
            expectRefused(RnicError.QUEUE_FULL, 0, () -> queue.postReceive(request)).hasMessageContainingAll(
                "wrId=5", "shared receive queue " + queue.number() + ": the shared receive queue is full",
                "free places");
            expectRefused(RnicError.QUEUE_FULL, 0, () -> queue.postReceive(new ReceiveRequest[] {request}, 1))
                .hasMessageContaining("the shared receive queue is full");
        }
    }

    private static void expectNull(final String argument, final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessageContaining(argument);
    }

    @RnicTest
    @SuppressWarnings("NullAway") // that is what it is about
    void shouldNameAnArgumentThatIsNull(final Rnic rnic, final ConnectedPair pair) {
        final Side side = pair.client();
        final QueuePair queuePair = side.queuePair();
        final MemorySegment memory = Arena.ofAuto().allocate(8);
        expectNull("handler", () -> side.sends().poll(null, 1));
        expectNull("channel", () -> rnic.createCompletionQueue(4, null));
        expectNull("local", () -> rnic.listen(null));
        expectNull("options", () -> side.domain().createQueuePair(null));
        expectNull("completion queue", () -> QueuePairOptions.of(null));
        expectNull("segment", () -> side.domain().registerMemory(null));
        expectNull("access", () -> side.domain().registerMemory(memory, (Access[]) null));
        expectNull("access", () -> side.domain().registerMemory(memory, (Access) null));
        expectNull("remote", () -> queuePair.beginConnect(null, new byte[0]));
        expectNull("privateData", () -> queuePair.beginConnect(ConnectedPair.anyPort(), null));
        expectNull("change", () -> queuePair.modify((QueuePairChange) null));
        expectNull("request", () -> queuePair.postSend((SendRequest) null));
        expectNull("request", () -> queuePair.postReceive((ReceiveRequest) null));
        expectNull("requests", () -> queuePair.postSend(null, 1));
        expectNull("opcode", () -> new SendRequest().start(null, 1, 2, 3, 0));
        expectNull("options", () -> Rnic.open((RnicOptions) null));
        expectNull("link", () -> RnicOptions.defaults().with("link", null));
        side.send(9, 0, 8);
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> queuePair.postSend(new SendRequest[] {new SendRequest().send(1), null}, 2))
            .hasMessageContaining("null at index 1");
        assertThat(queuePair.query().outstandingSends()).as("nothing of the list").isEqualTo(1);
    }

    @RnicTest
    void shouldRefuseNamesThatAreNone(final RnicOptions options) {
        for (final String name : new String[] {"", " "}) {
            for (final String setting : new String[] {"device", "process"}) {
                expectRefused(RnicError.INVALID_ARGUMENT, () -> Rnic.open(options.with(setting, name)).close())
                    .hasMessageContainingAll("setting " + setting + "=", "not blank");
            }
        }
    }

    @RnicTest(link = {"loopback", "tcp"})
    void shouldClosePairsAsOftenAsOneLikes(final RnicOptions options) throws InterruptedException {
        final ConnectedPair pair = ConnectedPair.open(options);
        pair.close();
        pair.close();
        pair.client().close();
    }

    @RnicTest
    void shouldSayWhatWasGivenAndWhatIsAllowed(final ConnectedPair pair) {
        final Side side = pair.client();
        final QueuePair queuePair = side.queuePair();
        final int pieces = queuePair.query().maxSendSges() + 1;
        final SendRequest send = new SendRequest().send(1);
        final ReceiveRequest receive = new ReceiveRequest().receive(2);
        for (int i = 0; i <= Math.max(pieces, queuePair.query().maxReceiveSges() + 1); i++) {
            send.sge(side.region(), 0, 1);
            receive.sge(side.region(), 0, 1);
        }
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> queuePair.postSend(send)).hasMessageContaining(
            "more pieces of memory than the queue was created for: " + send.sges().count() + "; allowed: up to "
                + (pieces - 1));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> queuePair.postSend(new SendRequest[] {send}, 1))
            .hasMessageContaining("; allowed: up to " + (pieces - 1));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> queuePair.postReceive(receive)).hasMessageContaining(
            ": " + receive.sges().count() + "; allowed: up to " + queuePair.query().maxReceiveSges());
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> queuePair.postSend(new SendRequest().send(3).sge(0, -5, 0)))
            .hasMessageEndingWith("a length below 0: -5 in piece 0");
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> queuePair.postReceive(new ReceiveRequest().receive(3).sge(0, 5, 0).sge(0, -6, 0)))
            .hasMessageEndingWith("a length below 0: -6 in piece 1");
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> queuePair.postSend(
            new SendRequest().send(4).sge(0, Integer.MAX_VALUE, 0).sge(0, 7, 0))).hasMessageMatching(
                ".*maxMessageBytes: 2147483654; allowed: up to \\d+");
        try (SharedReceiveQueue shared = side.domain().createSharedReceiveQueue(4, 1)) {
            expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> shared.postReceive(receive))
                .hasMessageEndingWith(receive.sges().count() + "; allowed: up to 1");
        }
    }

    @RnicTest
    @SuppressWarnings("MustBeClosedChecker") // one that another thread never closes
    void shouldSayWhyInlineDataIsNotTaken(final ConnectedPair pair) {
        final QueuePair queuePair = pair.client().queuePair();
        final int most = queuePair.query().maxInlineBytes();
        final MemorySegment closed;
        try (Arena arena = Arena.ofShared()) {
            closed = arena.allocate(8);
        }
        final MemorySegment heap = MemorySegment.ofArray(new byte[most + 8]);
        final MemorySegment others = CompletableFuture.supplyAsync(() -> Arena.ofConfined().allocate(8)).join();
        expectInline(queuePair, heap, 0, most + 1, "than the queue was created for: " + (most + 1)
            + "; allowed: up to " + most);
        expectInline(queuePair, heap, 0, -3, "a length below 0: -3");
        expectInline(queuePair, closed, 0, 8, "cannot be read: its arena is closed");
        expectInline(queuePair, others, 0, 8, "cannot be read: it is another thread's, of a confined arena");
        expectInline(queuePair, heap, most + 4, 8,
            "cannot be read: 8 bytes at " + (most + 4) + " lie outside its segment of " + (most + 8) + " bytes");
    }

    private static void expectInline(final QueuePair queuePair, final MemorySegment data, final long offset,
        final int length, final String why) {
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> queuePair.postSend(new SendRequest().send(5).inline(data, offset, length)))
            .hasMessageEndingWith(why);
    }

    @RnicTest(link = "tcp")
    void shouldSayWhatIsWrongWithAnAddress(final Rnic rnic) {
        try (Side side = Side.of(rnic)) {
            expectRefused(RnicError.INVALID_ARGUMENT, () -> rnic.listen(new InetSocketAddress("192.0.2.1", 0)))
                .hasMessageContainingAll("192.0.2.1", "use an address of this machine")
                .hasMessageNotContaining("port,");
            expectRefused(RnicError.INVALID_ARGUMENT,
                () -> side.queuePair().beginConnect(new InetSocketAddress("239.1.2.3", 7), new byte[0]))
                .hasMessageContainingAll("239.1.2.3", "multicast", "one machine");
        }
    }

    @RnicTest(link = {"loopback", "tcp"})
    @SuppressWarnings("NullAway") // that is what it is about
    void shouldNameAnAcceptedQueuePairThatIsNull(final Rnic rnic) throws InterruptedException {
        try (Side side = Side.of(rnic); Listener listener = rnic.listen(ConnectedPair.anyPort());
            ConnectionAttempt attempt = side.queuePair().beginConnect(listener.address(), new byte[0])) {
            final ConnectionRequest request = Objects.requireNonNull(listener.await(Completions.PATIENCE));
            expectNull("queuePair", () -> request.accept(null, new byte[0]));
            assertThat(attempt).isNotNull();
        }
    }

    @RnicTest
    void shouldCallObjectsByTheirNames(final Rnic rnic) throws InterruptedException {
        try (Side side = Side.of(rnic); CompletionChannel channel = rnic.createCompletionChannel();
            SharedReceiveQueue queue = side.domain().createSharedReceiveQueue(4, 1);
            MemoryWindow window = side.domain().allocateMemoryWindow();
            Listener listener = rnic.listen(ConnectedPair.anyPort())) {
            assertThat(side.queuePair()).hasToString("queue pair " + side.queuePair().number());
            assertThat(side.sends().toString()).matches("completion queue \\d+");
            assertThat(queue).hasToString("shared receive queue " + queue.number());
            assertThat(side.region()).hasToString("memory region stag=0x" + Integer.toHexString(side.region().lkey())
                + " of " + side.region().length() + " bytes");
            assertThat(window.toString()).startsWith("memory window ");
            assertThat(side.domain().toString()).startsWith("protection domain ");
            assertThat(channel.toString()).startsWith("completion channel ");
            assertThat(listener).hasToString("listener on port " + listener.address().getPort());
            assertThat(rnic).hasToString(rnic.attributes().device() + ", front end " + rnic.frontEnd());
        }
    }

    @RnicTest(link = {"loopback", "tcp"})
    void shouldSayWhatHappenedToWhat(final ConnectedPair pair) throws InterruptedException {
        pair.client().queuePair().postSend(new SendRequest().send(1).sge(0, 8, 0));
        final AsyncEvent event = pair.client().rnic().awaitAsyncEvent(Completions.PATIENCE);
        assertThat(event).hasToString("QP_FATAL of queue pair " + pair.client().queuePair().number());
        assertThat(new AsyncEvent(AsyncEventType.CQ_ERR, () -> { }, 3).toString())
            .endsWith(", 3 events before it were lost");
    }

    @RnicTest(link = {"loopback", "tcp"}, faults = "terminate:1=1/2/5")
    void shouldWriteDiagnosesAndTerminatesAsPeopleDo(final ConnectedPair pair) {
        pair.client().write(7, 0, 8, pair.server().region().address(), pair.server().region().rkey());
        assertThat(pair.client().awaitDiagnosis().toString()).doesNotContain("  ").doesNotContain(": :")
            .contains(": RDMA_WRITE wr_id=7 refused by the peer: INJECTED_TERMINATE, a Terminate that was asked for")
            .startsWith("queue pair ").endsWith("Terminate 1/2/5");
        final var completion = pair.client().awaitSend();
        assertThatThrownBy(() -> assertThat(completion).hasTerminate(1, 1, 1))
            .hasMessageStartingWith("expected to see Terminate 1/1/1, but was Terminate 1/2/5");
    }
}
