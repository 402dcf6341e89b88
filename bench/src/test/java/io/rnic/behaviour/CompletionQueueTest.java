package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@ThroughEveryDoor
class CompletionQueueTest {
    @Parameter
    Door door;

    private Pair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        client = pair.client;
        server = pair.server;
    }

    @AfterEach
    void close() {
        pair.close();
    }

    private void write(final long wrId) {
        client.write(wrId, 0, 8, server.region.address(), server.region.rkey());
    }

    private void awaitState(final QueuePair queuePair, final QueuePairState state) {
        final long deadline = System.nanoTime() + Pair.PATIENCE.toNanos();
        while (queuePair.state() != state && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(queuePair.state()).isEqualTo(state);
    }

    @Test
    void shouldHandOverNoMoreThanTheLimit() {
        for (int i = 0; i < 10; i++) {
            write(i);
        }
        final List<Done> all = Done.await(client.sends, 10);
        assertThat(all).extracting(Done::wrId).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(client.sends.poll(completion -> { }, 1)).isZero();
        assertThatThrownBy(() -> client.sends.poll(completion -> { }, 0)).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_ARGUMENT));
    }

    @Test
    void shouldLoseNothingWhenAHandlerThrows() {
        for (int i = 0; i < 3; i++) {
            write(i);
        }
        final List<Long> seen = new ArrayList<>();
        final long deadline = System.nanoTime() + Pair.PATIENCE.toNanos();
        while (seen.size() < 3 && System.nanoTime() < deadline) {
            try {
                client.sends.poll(completion -> {
                    seen.add(completion.wrId());
                    throw new IllegalStateException("handler");
                }, 10);
            } catch (final IllegalStateException e) {
                assertThat(e).hasMessage("handler");
            }
        }
        assertThat(seen).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldLetAHandlerPostButNeitherPollNorClose() {
        final List<Throwable> refused = new ArrayList<>();
        write(1);
        Done.awaitOneWith(client.sends, completion -> {
            write(completion.wrId() + 1);
            refused.add(catchThrowable(() -> client.sends.poll(inner -> { }, 1)));
            refused.add(catchThrowable(client.queuePair::close));
            refused.add(catchThrowable(client.sends::close));
        });
        assertThat(refused).hasSize(3).allSatisfy(e -> assertThat(e).isInstanceOfSatisfying(RnicException.class,
            refusal -> assertThat(refusal.error()).isEqualTo(RnicError.INVALID_STATE)));
        assertThat(Done.awaitOne(client.sends).wrId()).isEqualTo(2);
    }

    private static Throwable catchThrowable(final Runnable action) {
        return Assertions.catchThrowable(action::run);
    }

    @Test
    void shouldBecomeUnusableWhenItOverruns() throws InterruptedException {
        try (CompletionQueue small = client.rnic.createCompletionQueue(4);
            QueuePair queuePair = client.domain.createQueuePair(QueuePairOptions.of(small, small));
            QueuePair peer = server.domain.createQueuePair(QueuePairOptions.of(server.sends, server.receives))) {
            assertThat(small.capacity()).isEqualTo(4);
            Pair.connect(queuePair, server.rnic, peer);
            final SendRequest write = new SendRequest().write(1, server.region.address(), server.region.rkey())
                .sge(client.region, 0, 8).signalled(true);
            for (int i = 0; i < 5; i++) {
                queuePair.postSend(write);
            }
            awaitState(queuePair, QueuePairState.ERROR);
            assertThat(Done.await(small, 4)).extracting(Done::status).containsOnly(CompletionStatus.SUCCESS).hasSize(4);
            assertThatThrownBy(() -> small.poll(completion -> { }, 1)).isInstanceOfSatisfying(RnicException.class,
                e -> assertThat(e.error()).isEqualTo(RnicError.COMPLETION_QUEUE_OVERRUN));
            awaitState(peer, QueuePairState.ERROR);
        }
    }

    @Test
    void shouldTakeNoRoomForQueuePairsThatAreGone() throws InterruptedException {
        try (CompletionQueue small = server.rnic.createCompletionQueue(8)) {
            for (int i = 0; i < 10; i++) {
                try (QueuePair brief = server.domain.createQueuePair(QueuePairOptions.of(small));
                    QueuePair peer = client.domain.createQueuePair(QueuePairOptions.of(client.sends))) {
                    Pair.connect(peer, server.rnic, brief);
                    final SendRequest write = new SendRequest().write(i, client.region.address(), client.region.rkey())
                        .sge(server.region, 0, 8).signalled(true);
                    for (int j = 0; j < 4; j++) {
                        brief.postSend(write);
                        brief.postReceive(new ReceiveRequest().receive(j).sge(server.region, 0, 8));
                    }
                    awaitWrites(client, 4L * (i + 1));
                }
            }
            assertThat(Done.poll(small)).isEmpty();
        }
    }

    private static void awaitWrites(final Side side, final long writes) {
        final long deadline = System.nanoTime() + Pair.PATIENCE.toNanos();
        while (side.rnic.counters().getOrDefault("device.writes", 0L) < writes && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldLetAHandlerDisconnectWhileAnotherThreadCloses() throws Exception {
        for (int round = 0; round < 50; round++) {
            try (QueuePair one = client.domain.createQueuePair(QueuePairOptions.of(client.sends));
                QueuePair peer = server.domain.createQueuePair(QueuePairOptions.of(server.sends))) {
                Pair.connect(one, server.rnic, peer);
                final QueuePair other = client.domain.createQueuePair(QueuePairOptions.of(client.sends));
                final CountDownLatch inHandler = new CountDownLatch(1);
                final CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
                    awaitQuietly(inHandler);
                    other.close();
                });
                write(round);
                Done.awaitOneWith(client.sends, completion -> {
                    inHandler.countDown();
                    one.disconnect();
                });
                closing.get();
                assertThat(one.state()).isEqualTo(QueuePairState.ERROR);
                Done.poll(client.sends);
            }
        }
    }

    @Test
    void shouldNotifyOnceForEachArming() throws InterruptedException {
        try (CompletionChannel channel = client.rnic.createCompletionChannel();
            CompletionQueue queue = client.rnic.createCompletionQueue(16, channel);
            QueuePair queuePair = client.domain.createQueuePair(QueuePairOptions.of(queue, queue));
            QueuePair peer = server.domain.createQueuePair(QueuePairOptions.of(server.sends, server.receives))) {
            Pair.connect(queuePair, server.rnic, peer);
            final SendRequest write = new SendRequest().write(1, server.region.address(), server.region.rkey())
                .sge(client.region, 0, 8).signalled(true);

            queuePair.postSend(write);
            Done.awaitOne(queue);
            assertThat(channel.await(Duration.ZERO)).as("not armed").isNull();
            queue.requestNotification();
            queuePair.postSend(write);
            queuePair.postSend(write);
            assertThat(channel.await(Pair.PATIENCE)).isSameAs(queue);
            Done.await(queue, 2);
            assertThat(channel.await(Duration.ZERO)).as("one shot").isNull();
        }
    }

    @Test
    void shouldLoseNoWakeUpBetweenArmingPollingAndWaiting() throws Exception {
        final int messages = 2000;
        try (CompletionChannel channel = server.rnic.createCompletionChannel();
            CompletionQueue queue = server.rnic.createCompletionQueue(64, channel);
            QueuePair sink = server.domain.createQueuePair(QueuePairOptions.of(queue, queue));
            QueuePair source = client.domain.createQueuePair(QueuePairOptions.of(client.sends, client.receives))) {
            Pair.connect(source, server.rnic, sink);
            final CountDownLatch[] posted = new CountDownLatch[messages];
            for (int i = 0; i < messages; i++) {
                posted[i] = new CountDownLatch(1);
            }
            final CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                final SendRequest send = new SendRequest();
                for (int i = 0; i < messages; i++) {
                    awaitQuietly(posted[i]);
                    source.postSend(send.send(i).sge(client.region, 0, 8).signalled(true));
                    Done.awaitOne(client.sends);
                }
            });
            for (int i = 0; i < messages; i++) {
                sink.postReceive(new ReceiveRequest().receive(i).sge(server.region, 0, 8));
                posted[i].countDown();
                final List<Done> done = new ArrayList<>();
                while (done.isEmpty()) {
                    queue.requestNotification();
                    done.addAll(Done.poll(queue));
                    if (done.isEmpty()) {
                        assertThat(channel.await(Pair.PATIENCE)).as("message %d", i).isSameAs(queue);
                        done.addAll(Done.poll(queue));
                    }
                }
                assertThat(done).extracting(Done::wrId).containsExactly((long) i);
            }
            sender.get();
        }
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldWakeAWaiterWithAnErrorWhenTheChannelCloses() throws Exception {
        final CompletionChannel channel = client.rnic.createCompletionChannel();
        final CountDownLatch started = new CountDownLatch(1);
        final CompletableFuture<Throwable> waiter = CompletableFuture.supplyAsync(() -> {
            started.countDown();
            return Assertions.catchThrowable(() -> channel.await(Pair.PATIENCE));
        });
        started.await();
        channel.close();
        assertThat(waiter.get()).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.CLOSED));
    }

    @Test
    void shouldRefuseToArmWithoutAChannelAndCapacitiesThatAreNone() {
        assertThatThrownBy(client.sends::requestNotification).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_STATE));
        for (final int capacity : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> client.rnic.createCompletionQueue(capacity))
                .hasMessageContaining(Integer.toString(capacity)).hasMessageContaining("allowed");
        }
    }

    @Test
    void shouldShowTheCompletionOnlyInsideTheHandlerAsReadableText() {
        write(77);
        final List<String> texts = new ArrayList<>();
        Done.awaitOneWith(client.sends, (Completion completion) -> texts.add(completion.toString()));
        assertThat(texts).singleElement().asString().contains("wrId=77", "RDMA_WRITE", "SUCCESS");
    }
}
