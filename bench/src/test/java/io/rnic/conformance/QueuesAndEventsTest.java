package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Completion queues, shared receive queues, events: 57 to 64. */
class QueuesAndEventsTest {
    private Side client;
    private Side server;
    private CompletionChannel channel;
    private CompletionQueue queue;
    /** Has the same channel: its event shows that there was none of the other before. */
    private CompletionQueue later;
    /** Reports receives to the queue and sends to the later one; its peer is the client's. */
    private QueuePair watched;
    private QueuePair peer;
    /** Reports all to the queue. */
    private QueuePair writing;
    private QueuePair written;

    @BeforeEach
    void connect(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
        channel = server.rnic().createCompletionChannel();
        queue = server.rnic().createCompletionQueue(64, channel);
        later = server.rnic().createCompletionQueue(64, channel);
        watched = server.domain().createQueuePair(QueuePairOptions.of(later, queue));
        peer = client.domain().createQueuePair(QueuePairOptions.of(client.sends(), client.receives()));
        ConnectedPair.connect(peer, server.rnic(), watched);
        writing = server.domain().createQueuePair(QueuePairOptions.of(queue));
        written = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
        ConnectedPair.connect(writing, client.rnic(), written);
    }

    @AfterEach
    void close() {
        Stream.of(peer, watched, writing, written, queue, later, channel).forEach(QueuesAndEventsTest::close);
    }

    private static void close(final AutoCloseable object) {
        try {
            object.close();
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    private void write(final long wrId) {
        writing.postSend(new SendRequest().write(wrId, client.region().address(), client.region().rkey())
            .sge(server.region(), 0, 8).signalled(true));
    }

    /**
     * The later queue's event comes next: of a Read that is asked for after all that has completed, and answered where
     * messages arrive, behind them.
     */
    private void expectNoEvent(final String why) throws InterruptedException {
        later.requestNotification();
        watched.postSend(new SendRequest().read(7, 0, 0).signalled(true));
        assertThat(channel.await(Completions.PATIENCE)).as(why).isSameAs(later);
        assertThat(Completions.awaitOne(later)).succeeded().hasWrId(7);
    }

    @EveryDoor
    void c57_notificationIsOneShot() throws InterruptedException {
        write(1);
        assertThat(Completions.awaitOne(queue)).succeeded();
        expectNoEvent("not armed");

        queue.requestNotification();
        write(2);
        write(3);
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.await(queue, 2)).hasSize(2);
        expectNoEvent("one shot");
    }

    @EveryDoor
    void c57_anErrorNotifiesToo() throws InterruptedException {
        watched.postReceive(new ReceiveRequest().receive(1).sge(server.region(), 0, 8));
        queue.requestNotification();
        peer.disconnect();
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.awaitOne(queue)).wasFlushed();
    }

    /**
     * That it waits on and on shows a lost wake-up if one of those comes by; the race itself, arming beside an entry
     * that is written, is {@code ArmStress} of jcstress, which sees the barrier of {@code CompletionReader.arm} left
     * out in two of a hundred samples.
     */
    @EveryDoor
    void c58_armThenPollThenWaitLosesNoWakeUp() throws Exception {
        final int messages = 1000;
        final Semaphore posted = new Semaphore(0);
        final AtomicBoolean over = new AtomicBoolean();
        final CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            final SendRequest send = new SendRequest();
            for (int i = 0; i < messages; i++) {
                posted.acquireUninterruptibly();
                if (over.get()) {
                    return;
                }
                peer.postSend(send.send(i).sge(client.region(), 0, 8).signalled(true));
                client.awaitSend();
            }
        });
        try {
            for (int i = 0; i < messages; i++) {
                watched.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
                posted.release();
                awaitByEvent(i);
            }
        } finally {
            over.set(true);
            posted.release(); // it has ended, or waits for a message that will not be asked for
        }
        sender.get();
    }

    private void awaitByEvent(final long wrId) throws InterruptedException {
        final List<CompletedRequest> done = new ArrayList<>();
        while (done.isEmpty()) {
            queue.requestNotification();
            done.addAll(Completions.poll(queue));
            if (done.isEmpty()) {
                assertThat(channel.await(Completions.PATIENCE)).as("message %d", wrId).isSameAs(queue);
                done.addAll(Completions.poll(queue));
            }
        }
        assertThat(done).extracting(CompletedRequest::wrId).containsExactly(wrId);
    }

    @EveryDoor
    void c59_anEventOfAnEmptyQueueIsLegal() throws InterruptedException {
        queue.requestNotification();
        write(1);
        assertThat(Completions.awaitOne(queue)).succeeded();
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.poll(queue)).isEmpty();
        write(2);
        assertThat(Completions.awaitOne(queue)).succeeded().hasWrId(2);
    }

    @EveryDoor
    void c60_aCompletionQueueInUseIsNotDestroyed(final Rnic rnic) {
        try (Side side = Side.of(rnic)) {
            expectRefused(RnicError.BUSY, side.sends()::close);
            expectRefused(RnicError.BUSY, side.receives()::close);
            assertThat(Completions.poll(side.sends())).isEmpty();
            side.queuePair().close();
            side.sends().close();
            side.receives().close();
        }
        expectRefused(RnicError.BUSY, channel::close);
    }

    @EveryDoor
    void c64_threadsMayPostToOneQueuePairAndPollOneQueue() throws Exception {
        final int posters = 3;
        final int each = 3000;
        final AtomicInteger ids = new AtomicInteger();
        final AtomicInteger polled = new AtomicInteger();
        final ConcurrentLinkedQueue<CompletedRequest> done = new ConcurrentLinkedQueue<>();
        final List<Thread> threads = new ArrayList<>();
        final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < posters; i++) {
            threads.add(start(thrown, () -> post(ids, each)));
        }
        for (int i = 0; i < 2; i++) {
            threads.add(start(thrown, () -> {
                while (polled.get() < posters * each && thrown.isEmpty()) {
                    final int some = client.sends().poll(one -> done.add(CompletedRequest.of(one)), 7);
                    polled.addAndGet(some);
                    giveWay(some == 0);
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
        assertThat(done).hasSize(posters * each);
        assertThat(done).extracting(CompletedRequest::status).containsOnly(CompletionStatus.SUCCESS);
        assertThat(done.stream().mapToLong(CompletedRequest::wrId).distinct().count()).isEqualTo(posters * each);
        assertThat(Completions.poll(client.sends())).isEmpty();
    }

    private static Thread start(final ConcurrentLinkedQueue<Throwable> thrown, final Runnable work) {
        return Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> thrown.add(e)).start(work);
    }

    /** There are more threads than cores. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void giveWay(final boolean idle) {
        if (idle) {
            Thread.yield();
        }
    }

    private void post(final AtomicInteger ids, final int count) {
        final SendRequest request = new SendRequest();
        for (int i = 0; i < count; i++) {
            request.write(ids.incrementAndGet(), server.region().address(), server.region().rkey())
                .sge(client.region(), 0, 16).signalled(true);
            while (!isPosted(request)) {
                giveWay(true);
            }
        }
    }

    /** Not while the queue is full: others poll. */
    private boolean isPosted(final SendRequest request) {
        try {
            client.queuePair().postSend(request);
            return true;
        } catch (final PostException e) {
            assertThat(e.error()).isEqualTo(RnicError.QUEUE_FULL);
            return false;
        }
    }

    private void send(final long wrId, final boolean solicited) {
        watched.postReceive(new ReceiveRequest().receive(wrId).sge(server.region(), 0, 8));
        peer.postSend(new SendRequest().send(wrId).sge(client.region(), 0, 8).solicited(solicited));
    }

    @EveryDoor
    void c57_onlyASolicitedMessageNotifiesWhereOnlySuchAreAskedFor() throws InterruptedException {
        queue.requestNotification(true);
        write(1);
        send(2, false);
        assertThat(Completions.await(queue, 2)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
        expectNoEvent("not solicited");
        send(3, true);
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.awaitOne(queue)).succeeded().hasByteLength(8);
        send(4, true);
        assertThat(Completions.awaitOne(queue)).succeeded();
        expectNoEvent("one shot");
    }

    @EveryDoor
    void c57_anErrorCountsAsSolicited() throws InterruptedException {
        watched.postReceive(new ReceiveRequest().receive(1).sge(server.region(), 0, 8));
        queue.requestNotification(true);
        peer.disconnect();
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.awaitOne(queue)).wasFlushed();
    }

    @EveryDoor
    void c57_askingForSolicitedOnesDoesNotTakeBackThatAnyNotifies() throws InterruptedException {
        queue.requestNotification();
        queue.requestNotification(true);
        send(1, false);
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        assertThat(Completions.awaitOne(queue)).succeeded();
    }

    @EveryDoor
    void c61_resizeKeepsUnpolledEntriesAndRefusesLess() {
        for (int i = 0; i < 8; i++) {
            write(i);
        }
        assertThat(Completions.await(queue, 2)).extracting(CompletedRequest::wrId).containsExactly(0L, 1L);
        awaitUnpolled(6);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queue.resize(5));
        assertThat(queue.capacity()).isEqualTo(64);
        for (final int capacity : new int[] {8, 256, 16}) {
            queue.resize(capacity);
            assertThat(queue.capacity()).isEqualTo(capacity);
            assertThat(queue.query().unpolled()).isEqualTo(6);
        }
        assertThat(Completions.await(queue, 6)).extracting(CompletedRequest::wrId)
            .containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(Completions.poll(queue)).isEmpty();
    }

    private void awaitUnpolled(final int count) {
        Await.until(count + " unpolled", () -> queue.query().unpolled() >= count);
    }

    @EveryDoor
    void c62_theLimitOfASharedReceiveQueueMakesOneEventAndIsDisarmed() throws InterruptedException {
        withSharedReceives((shared, sender) -> {
            for (int i = 0; i < 5; i++) {
                shared.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
            }
            shared.armLimit(3);
            sendOver(sender, 2);
            NoMore.asyncEvents(client, server); // three are left
            assertThat(shared.query().limit()).isEqualTo(3);
            sendOver(sender, 1);
            assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.SRQ_LIMIT_REACHED, shared, 0));
            assertThat(shared.query().limit()).isZero();
            sendOver(sender, 1);
            NoMore.asyncEvents(client, server); // it is disarmed
            shared.armLimit(1);
            sendOver(sender, 1);
            assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.SRQ_LIMIT_REACHED, shared, 0));
        });
    }

    @EveryDoor
    void c63_aSharedReceiveQueueInUseIsNotDestroyed() throws InterruptedException {
        withSharedReceives((shared, sender) -> {
            expectRefused(RnicError.BUSY, shared::close);
            shared.postReceive(new ReceiveRequest().receive(7).sge(server.region(), 0, 8));
            sender.postSend(new SendRequest().send(1).sge(client.region(), 0, 8));
            assertThat(Completions.awaitOne(server.receives())).succeeded().hasWrId(7);
        });
    }

    /** What a test does with a shared receive queue, and a queue pair whose peer takes its receives from there. */
    @FunctionalInterface
    private interface WithSharedReceives {
        void run(SharedReceiveQueue shared, QueuePair sender) throws InterruptedException;
    }

    private void withSharedReceives(final WithSharedReceives test) throws InterruptedException {
        try (SharedReceiveQueue shared = server.domain().createSharedReceiveQueue(8, 1);
            QueuePair taker = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends(), server.receives()).withSharedReceiveQueue(shared));
            QueuePair sender = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(sender, server.rnic(), taker);
            test.run(shared, sender);
        }
    }

    private void sendOver(final QueuePair sender, final int count) {
        for (int i = 0; i < count; i++) {
            sender.postSend(new SendRequest().send(i).sge(client.region(), 0, 8).signalled(true));
            assertThat(client.awaitSend()).succeeded();
            assertThat(server.awaitReceive()).succeeded();
        }
    }
}
