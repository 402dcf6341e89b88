package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.PostException;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import io.rnic.verbs.SharedReceiveQueueAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two queue pairs of the server that share eight receives, and a peer for each. */
class SharedReceiveQueueTest {
    private static final int RECEIVES = 8;

    private Side client;
    private Side server;
    private SharedReceiveQueue shared;
    private CompletionQueue firstQueue;
    private CompletionQueue secondQueue;
    private QueuePair first;
    private QueuePair second;
    private QueuePair toFirst;
    private QueuePair toSecond;

    @BeforeEach
    void connect(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
        shared = server.domain().createSharedReceiveQueue(RECEIVES, 2);
        firstQueue = server.rnic().createCompletionQueue(64);
        secondQueue = server.rnic().createCompletionQueue(64);
        first = server.domain().createQueuePair(
            QueuePairOptions.of(server.sends(), firstQueue).withSharedReceiveQueue(shared));
        second = server.domain().createQueuePair(
            QueuePairOptions.of(server.sends(), secondQueue).withSharedReceiveQueue(shared));
        toFirst = client.domain().createQueuePair(QueuePairOptions.of(client.sends(), client.receives()));
        toSecond = client.domain().createQueuePair(QueuePairOptions.of(client.sends(), client.receives()));
        ConnectedPair.connect(toFirst, server.rnic(), first);
        ConnectedPair.connect(toSecond, server.rnic(), second);
    }

    @AfterEach
    void close() {
        toFirst.close();
        toSecond.close();
        first.close();
        second.close();
        shared.close();
        firstQueue.close();
        secondQueue.close();
    }

    private void post(final long wrId, final long offset, final int length) {
        shared.postReceive(new ReceiveRequest().receive(wrId).sge(server.region(), offset, length));
    }

    private void send(final QueuePair queuePair, final byte[] bytes) {
        client.fill(0, bytes);
        queuePair.postSend(new SendRequest().send(1).sge(client.region(), 0, bytes.length).signalled(true));
        Completions.awaitOne(client.sends());
    }

    /** Sends, and waits until the message has taken its receive: an empty Read follows it. */
    private void place(final QueuePair queuePair, final byte[] bytes) {
        send(queuePair, bytes);
        queuePair.postSend(new SendRequest().read(2, 0, 0).signalled(true));
        assertThat(Completions.awaitOne(client.sends()).status()).isEqualTo(CompletionStatus.SUCCESS);
    }

    @EveryDoor
    void receivesShouldBeTakenInPostingOrderByWhoeverGetsAMessage() {
        for (int i = 0; i < 4; i++) {
            post(10 + i, 100L * i, 100);
        }
        place(toSecond, new byte[] {1});
        place(toFirst, new byte[] {2, 2});
        place(toFirst, new byte[] {3, 3, 3});
        place(toSecond, new byte[] {4, 4, 4, 4});
        assertThat(Completions.await(firstQueue, 2)).extracting(CompletedRequest::wrId).containsExactly(11L, 12L);
        assertThat(Completions.await(secondQueue, 2))
            .extracting(CompletedRequest::wrId, CompletedRequest::byteLength, CompletedRequest::queuePairNumber)
            .containsExactly(Tuple.tuple(10L, 1, second.number()),
                Tuple.tuple(13L, 4, second.number()));
        assertThat(server.bytes(0, 2)).containsExactly(1, 0);
        assertThat(server.bytes(100, 3)).containsExactly(2, 2, 0);
        assertThat(server.bytes(200, 4)).containsExactly(3, 3, 3, 0);
        assertThat(server.bytes(300, 5)).containsExactly(4, 4, 4, 4, 0);
    }

    @EveryDoor
    void eachPolledCompletionShouldFreeItsOwnSlot() {
        for (int i = 0; i < RECEIVES; i++) {
            post(i, 0, 8);
        }
        expectRefused(RnicError.QUEUE_FULL, () -> post(99, 0, 8));
        place(toFirst, new byte[1]);
        place(toSecond, new byte[1]);
        expectRefused(RnicError.QUEUE_FULL, () -> post(99, 0, 8));
        assertThat(Completions.awaitOne(secondQueue).wrId()).as("the one posted later first").isEqualTo(1);
        assertThat(shared.space()).isEqualTo(1);
        post(20, 0, 8);
        expectRefused(RnicError.QUEUE_FULL, () -> post(99, 0, 8));
        assertThat(Completions.awaitOne(firstQueue).wrId()).isZero();
        post(21, 0, 8);
        for (int i = 2; i < RECEIVES; i++) {
            place(i % 2 == 0 ? toFirst : toSecond, new byte[1]);
        }
        place(toFirst, new byte[1]);
        place(toSecond, new byte[1]);
        assertThat(Completions.await(firstQueue, 4)).extracting(CompletedRequest::wrId)
            .containsExactly(2L, 4L, 6L, 20L);
        assertThat(Completions.await(secondQueue, 4)).extracting(CompletedRequest::wrId)
            .containsExactly(3L, 5L, 7L, 21L);
        assertThat(shared.space()).isEqualTo(RECEIVES);
    }

    @EveryDoor
    void aMessageShouldBeScatteredOverThePiecesOfOneReceive() {
        shared.postReceive(new ReceiveRequest().receive(1).sge(server.region(), 0, 4).sge(server.region(), 1000, 0));
        shared.postReceive(new ReceiveRequest().receive(2).sge(server.region(), 10, 2).sge(server.region(), 20, 6));
        send(toFirst, new byte[] {1, 2, 3, 4});
        send(toFirst, new byte[] {5, 6, 7, 8, 9});
        assertThat(Completions.await(firstQueue, 2)).extracting(CompletedRequest::byteLength).containsExactly(4, 5);
        assertThat(server.bytes(0, 5)).containsExactly(1, 2, 3, 4, 0);
        assertThat(server.bytes(10, 3)).containsExactly(5, 6, 0);
        assertThat(server.bytes(20, 4)).containsExactly(7, 8, 9, 0);
    }

    @EveryDoor
    void tooMuchShouldBeRefusedAndAListStopAtIt() {
        final ReceiveRequest good = new ReceiveRequest().receive(1).sge(server.region(), 0, 8);
        final ReceiveRequest bad = new ReceiveRequest().receive(2).sge(server.region(), 0, 8).sge(server.region(), 8, 8)
            .sge(server.region(), 16, 8);
        assertThatThrownBy(() -> shared.postReceive(new ReceiveRequest[] {good, good, bad, good}, 4))
            .isInstanceOfSatisfying(PostException.class, e -> {
                assertThat(e.error()).isEqualTo(RnicError.INVALID_ARGUMENT);
                assertThat(e.index()).isEqualTo(2);
                assertThat(e).hasMessageContaining("shared receive queue " + shared.number());
            });
        assertThat(shared.space()).isEqualTo(RECEIVES - 2);
        assertThatThrownBy(() -> shared.postReceive(
            new ReceiveRequest[] {good, good, good, good, good, good, good, good}, 8))
            .isInstanceOfSatisfying(PostException.class, e -> {
                assertThat(e.error()).isEqualTo(RnicError.QUEUE_FULL);
                assertThat(e.index()).isEqualTo(RECEIVES - 2);
            });
    }

    @EveryDoor
    void aMessageWithoutASharedReceiveShouldEndItsConnectionAlone() {
        send(toFirst, new byte[1]);
        Await.state(first, QueuePairState.ERROR);
        assertThat(second.state()).isEqualTo(QueuePairState.RTS);
        post(1, 0, 8);
        send(toSecond, new byte[] {7});
        assertThat(Completions.awaitOne(secondQueue).status()).isEqualTo(CompletionStatus.SUCCESS);
    }

    @EveryDoor
    void aReceiveTooSmallShouldFailOnTheQueuePairThatTookIt() {
        post(1, 0, 4);
        post(2, 100, 64);
        send(toFirst, new byte[] {1, 2, 3, 4, 5});
        final CompletedRequest done = Completions.awaitOne(firstQueue);
        assertThat(done.wrId()).isEqualTo(1);
        assertThat(done.status()).isEqualTo(CompletionStatus.LOCAL_LENGTH_ERROR);
        assertThat(Await.diagnosis(first).wrId()).isEqualTo(1L);
        assertThat(server.bytes(4, 1)).containsExactly(0);
        send(toSecond, new byte[] {9});
        assertThat(Completions.awaitOne(secondQueue).wrId()).isEqualTo(2);
    }

    @EveryDoor
    void flushingAQueuePairShouldLeaveTheSharedReceivesAlone() throws InterruptedException {
        post(1, 0, 8);
        post(2, 8, 8);
        toFirst.disconnect();
        Await.state(first, QueuePairState.ERROR);
        assertThat(Completions.poll(firstQueue)).isEmpty();
        assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
            .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, first, 0));
        assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
            .isEqualTo(new AsyncEvent(AsyncEventType.QP_LAST_WQE_REACHED, first, 0));
        assertThat(shared.query().waiting()).isEqualTo(2);
        send(toSecond, new byte[] {7});
        assertThat(Completions.awaitOne(secondQueue).wrId()).isEqualTo(1);
    }

    @EveryDoor
    void aQueuePairThatIsMovedFromResetToErrorShouldTakeNoReceiveEither() throws InterruptedException {
        first.modify(QueuePairState.RESET);
        first.modify(QueuePairState.ERROR);
        assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
            .isEqualTo(new AsyncEvent(AsyncEventType.QP_LAST_WQE_REACHED, first, 0));
        first.postSend(new SendRequest().send(1));
        assertThat(server.rnic().awaitAsyncEvent(Duration.ZERO)).as("told once").isNull();
    }

    @EveryDoor
    void completionsOfAQueuePairThatIsGoneShouldFreeTheirSlots() {
        for (int i = 0; i < RECEIVES; i++) {
            post(i, 0, 8);
        }
        send(toFirst, new byte[1]);
        send(toSecond, new byte[1]);
        send(toFirst, new byte[1]);
        Await.until("three have come", () -> shared.query().waiting() == RECEIVES - 3);
        first.modify(QueuePairState.RESET);
        assertThat(shared.space()).isEqualTo(2);
        second.close();
        second = server.domain().createQueuePair(
            QueuePairOptions.of(server.sends(), secondQueue).withSharedReceiveQueue(shared));
        assertThat(shared.space()).isEqualTo(3);
        assertThat(shared.query().waiting()).isEqualTo(RECEIVES - 3);
        assertThat(Completions.poll(firstQueue)).isEmpty();
    }

    @EveryDoor
    void aLimitThatIsNotAllowedShouldChangeNothing() {
        shared.armLimit(2);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> shared.armLimit(RECEIVES + 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> shared.armLimit(-1));
        assertThat(shared.query()).isEqualTo(
            new SharedReceiveQueueAttributes(shared.number(), RECEIVES, 2, 2, 0, RECEIVES));
    }

    @EveryDoor
    void aSharedQueueShouldNotBeDestroyedBeforeItsQueuePairs() {
        expectRefused(RnicError.BUSY, shared::close);
        post(1, 0, 8);
        send(toFirst, new byte[1]);
        assertThat(Completions.awaitOne(firstQueue).wrId()).isEqualTo(1);
        final SharedReceiveQueue unused = server.domain().createSharedReceiveQueue(1, 1);
        unused.close();
        expectRefused(RnicError.CLOSED, unused::close);
        expectRefused(RnicError.CLOSED, unused::query);
        expectRefused(RnicError.CLOSED, () -> unused.armLimit(0));
        expectRefused(RnicError.CLOSED, () -> unused.postReceive(new ReceiveRequest().receive(1)));
        expectRefused(RnicError.CLOSED, () -> server.domain().createQueuePair(
            QueuePairOptions.of(server.sends()).withSharedReceiveQueue(unused)));
    }

    @EveryDoor
    void whatItIsCreatedWithShouldBeChecked() {
        expectRefused(RnicError.INVALID_ARGUMENT, () -> server.domain().createSharedReceiveQueue(0, 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> server.domain().createSharedReceiveQueue(1, 0));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> server.domain().createSharedReceiveQueue(
            server.rnic().attributes().maxRequests() + 1, 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> server.domain().createSharedReceiveQueue(
            1, server.rnic().attributes().maxSges() + 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.domain().createQueuePair(
            QueuePairOptions.of(client.sends()).withSharedReceiveQueue(shared)));
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain()) {
            expectRefused(RnicError.INVALID_ARGUMENT, () -> other.createQueuePair(
                QueuePairOptions.of(server.sends()).withSharedReceiveQueue(shared)));
        }
        expectRefused(RnicError.BUSY, server.domain()::close);
    }

    @EveryDoor
    void aReceiveOfAnotherDomainShouldFailWhenItIsTaken() {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            MemoryRegion foreign = other.registerMemory(
                server.memory().asSlice(0, 64), Access.LOCAL_WRITE)) {
            shared.postReceive(new ReceiveRequest().receive(5).sge(foreign, 0, 64));
            send(toFirst, new byte[] {1});
            final CompletedRequest done = Completions.awaitOne(firstQueue);
            assertThat(done.wrId()).isEqualTo(5);
            assertThat(done.status()).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(server.bytes(0, 1)).containsExactly(0);
        }
    }

    @EveryDoor
    void threadsShouldPostAndSendAndPollAtTheSameTime() throws Exception {
        final int messages = 2_000;
        final Map<Long, Integer> seen = new ConcurrentHashMap<>();
        final AtomicInteger posted = new AtomicInteger();
        for (int i = 0; i < RECEIVES; i++) {
            post(posted.getAndIncrement(), 0, 8);
        }
        final CompletableFuture<?> one =
            CompletableFuture.runAsync(() -> pingPong(toFirst, firstQueue, messages, posted, seen));
        final CompletableFuture<?> two =
            CompletableFuture.runAsync(() -> pingPong(toSecond, secondQueue, messages, posted, seen));
        one.get();
        two.get();
        assertThat(seen).hasSize(2 * messages).containsValue(1);
        assertThat(seen.values()).containsOnly(1);
        assertThat(shared.query().waiting()).isEqualTo(RECEIVES);
    }

    /** Sends, polls the receive, posts another: so there is always one for the other thread's message too. */
    private void pingPong(final QueuePair queuePair, final CompletionQueue queue, final int messages,
        final AtomicInteger posted, final Map<Long, Integer> seen) {
        final SendRequest send = new SendRequest().send(1).sge(client.region(), 0, 8);
        for (int i = 0; i < messages; i++) {
            queuePair.postSend(send.signalled(i % 16 == 15));
            final CompletedRequest done = Completions.awaitOne(queue);
            assertThat(done.status()).isEqualTo(CompletionStatus.SUCCESS);
            seen.merge(done.wrId(), 1, Integer::sum);
            post(posted.getAndIncrement(), 0, 8);
            Completions.poll(client.sends());
        }
    }

    private void overrun(final SendRequest[] messages) throws InterruptedException {
        try (CompletionQueue small = server.rnic().createCompletionQueue(2);
            QueuePair taker = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends(), small).withSharedReceiveQueue(shared));
            QueuePair sender = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(sender, server.rnic(), taker);
            for (int i = 0; i < RECEIVES; i++) {
                shared.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
            }
            sender.postSend(messages, messages.length);
            Await.state(taker, QueuePairState.ERROR);
            Completions.await(client.sends(), messages.length);
        }
        assertThat(shared.space() + shared.query().waiting()).isEqualTo(RECEIVES);
    }

    @EveryDoor
    void shouldGiveBackTheReceiveWhoseCompletionWasLost() throws InterruptedException {
        overrun(Stream.generate(() -> new SendRequest().send(1).sge(client.region(), 0, 8).signalled(true)).limit(4)
            .toArray(SendRequest[]::new));
    }

    @EveryDoor
    void shouldGiveBackTheReceiveOfAnImmediateWhoseCompletionWasLost() throws InterruptedException {
        overrun(Stream.generate(() -> new SendRequest().sendWithImmediate(1, 7).signalled(true)).limit(4)
            .toArray(SendRequest[]::new));
    }

    @EveryDoor
    void shouldGiveBackTheReceiveThatWasTooShortAndWhoseCompletionWasLost() throws InterruptedException {
        overrun(new SendRequest[] {new SendRequest().send(1).sge(client.region(), 0, 8).signalled(true),
            new SendRequest().send(2).sge(client.region(), 0, 8).signalled(true),
            new SendRequest().send(3).sge(client.region(), 0, 9).signalled(true)});
    }
}
