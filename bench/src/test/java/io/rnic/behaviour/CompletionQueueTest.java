package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;

class CompletionQueueTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    private void write(final long wrId) {
        client.write(wrId, 0, 8, server.region().address(), server.region().rkey());
    }

    @EveryDoor
    void shouldHandOverNoMoreThanTheLimit() {
        for (int i = 0; i < 10; i++) {
            write(i);
        }
        final List<CompletedRequest> all = Completions.await(client.sends(), 10);
        assertThat(all).extracting(CompletedRequest::wrId).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(client.sends().poll(completion -> { }, 1)).isZero();
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.sends().poll(completion -> { }, 0));
    }

    @EveryDoor
    void shouldLoseNothingWhenAHandlerThrows() {
        for (int i = 0; i < 3; i++) {
            write(i);
        }
        Await.until("all are there", () -> client.sends().query().unpolled() == 3);
        final List<Long> seen = new ArrayList<>();
        final long deadline = System.nanoTime() + Completions.PATIENCE.toNanos();
        while (seen.size() < 3 && System.nanoTime() < deadline) {
            try {
                client.sends().poll(completion -> {
                    seen.add(completion.wrId());
                    assertThat(client.sends().query().unpolled()).isEqualTo(3 - seen.size());
                    throw new IllegalStateException("handler");
                }, 10);
            } catch (final IllegalStateException e) {
                assertThat(e).hasMessage("handler");
                assertThat(client.sends().query().unpolled()).isEqualTo(3 - seen.size());
            }
        }
        assertThat(seen).containsExactly(0L, 1L, 2L);
    }

    @EveryDoor
    void shouldLetAHandlerPostButNeitherPollNorClose() {
        final List<Throwable> refused = new ArrayList<>();
        write(1);
        Completions.awaitOne(client.sends(), completion -> {
            write(completion.wrId() + 1);
            refused.add(catchThrowable(() -> client.sends().poll(inner -> { }, 1)));
            refused.add(catchThrowable(client.queuePair()::close));
            refused.add(catchThrowable(client.sends()::close));
        });
        assertThat(refused).hasSize(3).allSatisfy(e -> assertThat(e).isInstanceOfSatisfying(RnicException.class,
            refusal -> assertThat(refusal.error()).isEqualTo(RnicError.INVALID_STATE)));
        assertThat(client.awaitSend().wrId()).isEqualTo(2);
    }

    private static Throwable catchThrowable(final Runnable action) {
        return Assertions.catchThrowable(action::run);
    }

    @EveryDoor
    void shouldTakeNoRoomForQueuePairsThatAreGone() throws InterruptedException {
        try (CompletionQueue small = server.rnic().createCompletionQueue(8)) {
            for (int i = 0; i < 10; i++) {
                try (QueuePair brief = server.domain().createQueuePair(QueuePairOptions.of(small));
                    QueuePair peer = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
                    ConnectedPair.connect(peer, server.rnic(), brief);
                    final SendRequest write = new SendRequest()
                        .write(i, client.region().address(), client.region().rkey())
                        .sge(server.region(), 0, 8).signalled(true);
                    for (int j = 0; j < 4; j++) {
                        brief.postSend(write);
                        brief.postReceive(new ReceiveRequest().receive(j).sge(server.region(), 0, 8));
                    }
                    awaitWrites(client, 4L * (i + 1));
                }
            }
            assertThat(Completions.poll(small)).isEmpty();
        }
    }

    private static void awaitWrites(final Side side, final long writes) {
        final long deadline = System.nanoTime() + Completions.PATIENCE.toNanos();
        while (side.rnic().counters().getOrDefault("device.writes", 0L) < writes && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    @EveryDoor
    void shouldLetAHandlerDisconnectWhileAnotherThreadCloses() throws Exception {
        for (int round = 0; round < 50; round++) {
            try (QueuePair one = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
                QueuePair peer = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
                ConnectedPair.connect(one, server.rnic(), peer);
                final QueuePair other = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
                final CountDownLatch inHandler = new CountDownLatch(1);
                final CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
                    awaitQuietly(inHandler);
                    other.close();
                });
                write(round);
                Completions.awaitOne(client.sends(), completion -> {
                    inHandler.countDown();
                    one.disconnect();
                });
                closing.get();
                assertThat(one.state()).isEqualTo(QueuePairState.ERROR);
                Completions.poll(client.sends());
            }
        }
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @EveryDoor
    void shouldWakeAWaiterWithAnErrorWhenTheChannelCloses() throws Exception {
        final CompletionChannel channel = client.rnic().createCompletionChannel();
        final CountDownLatch started = new CountDownLatch(1);
        final CompletableFuture<Throwable> waiter = CompletableFuture.supplyAsync(() -> {
            started.countDown();
            return Assertions.catchThrowable(() -> channel.await(Completions.PATIENCE));
        });
        started.await();
        channel.close();
        assertThat(waiter.get()).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.CLOSED));
    }

    @EveryDoor
    void shouldRefuseToArmWithoutAChannelAndCapacitiesThatAreNone() {
        expectRefused(RnicError.INVALID_STATE, client.sends()::requestNotification);
        for (final int capacity : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> client.rnic().createCompletionQueue(capacity))
                .hasMessageContaining(Integer.toString(capacity)).hasMessageContaining("allowed");
        }
    }

    @EveryDoor
    void shouldShowTheCompletionOnlyInsideTheHandlerAsReadableText() {
        write(77);
        final List<String> texts = new ArrayList<>();
        Completions.awaitOne(client.sends(), (Completion completion) -> texts.add(completion.toString()));
        assertThat(texts).singleElement().asString().contains("wrId=77", "RDMA_WRITE", "SUCCESS");
    }
}
