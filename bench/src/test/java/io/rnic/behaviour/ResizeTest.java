package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A completion queue of the client that is resized, empty, full, and while it is in use. */
class ResizeTest {
    private Side client;
    private Side server;
    private CompletionChannel channel;
    private CompletionQueue queue;
    private QueuePair queuePair;
    private QueuePair peer;

    @BeforeEach
    void connect(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
        channel = client.rnic().createCompletionChannel();
        queue = client.rnic().createCompletionQueue(8, channel);
        queuePair = client.domain().createQueuePair(QueuePairOptions.of(queue));
        peer = server.domain().createQueuePair(QueuePairOptions.of(server.sends(), server.receives()));
        ConnectedPair.connect(queuePair, server.rnic(), peer);
    }

    @AfterEach
    void close() {
        queuePair.close();
        peer.close();
        queue.close();
        channel.close();
    }

    private void write(final long wrId) {
        queuePair.postSend(new SendRequest()
            .write(wrId, server.region().address(), server.region().rkey())
            .sge(client.region(), 0, 8).signalled(true));
    }

    /** Posts so many and waits until their completions are there, unpolled. */
    private void write(final int from, final int count) {
        for (int i = from; i < from + count; i++) {
            write(i);
        }
        final long deadline = System.nanoTime() + Completions.PATIENCE.toNanos();
        while (queue.query().unpolled() < count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    private static Long[] numbers(final int from, final int end) {
        return LongStream.range(from, end).boxed().toArray(Long[]::new);
    }

    @EveryDoor
    void growingShouldKeepWhatIsUnpolledAndMakeRoomForMore() {
        write(0, 3);
        Completions.await(queue, 3);
        write(3, 8);
        queue.resize(32);
        assertThat(queue.capacity()).isEqualTo(32);
        write(11, 20);
        assertThat(Completions.await(queue, 28)).extracting(CompletedRequest::wrId).containsExactly(numbers(3, 31));
        write(31, 32);
        assertThat(Completions.await(queue, 32)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
    }

    @EveryDoor
    void shrinkingShouldKeepWhatIsUnpolledAndOverrunWhereItEndsNow() throws InterruptedException {
        queue.resize(64);
        write(0, 50);
        Completions.await(queue, 50);
        write(50, 4);
        queue.resize(4);
        assertThat(queue.query()).isEqualTo(
            new CompletionQueueAttributes(queue.query().number(), 4, 4, false, false));
        assertThat(Completions.await(queue, 4)).extracting(CompletedRequest::wrId).containsExactly(numbers(50, 54));
        write(54, 4);
        write(58);
        assertThat(Objects.requireNonNull(client.rnic().awaitAsyncEvent(Completions.PATIENCE)).type())
            .isEqualTo(AsyncEventType.CQ_ERR);
        assertThat(Completions.await(queue, 4)).extracting(CompletedRequest::wrId).containsExactly(numbers(54, 58));
        expectRefused(RnicError.COMPLETION_QUEUE_OVERRUN, () -> queue.resize(64));
        assertThat(queue.query().overrun()).isTrue();
    }

    @EveryDoor
    void belowWhatIsUnpolledShouldBeRefusedAndChangeNothing() {
        write(0, 5);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queue.resize(4));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queue.resize(0));
        expectRefused(RnicError.INVALID_ARGUMENT,
            () -> queue.resize(client.rnic().attributes().maxCompletions() + 1));
        assertThat(queue.capacity()).isEqualTo(8);
        write(5, 3);
        assertThat(Completions.await(queue, 8)).extracting(CompletedRequest::wrId).containsExactly(numbers(0, 8));
    }

    @EveryDoor
    void resizingFromAHandlerOfTheQueueShouldBeRefused() {
        write(1);
        final List<Throwable> refused = new ArrayList<>();
        Completions.awaitOne(queue, completion -> refused.add(Assertions.catchThrowable(() -> queue.resize(16))));
        assertThat(refused).singleElement().isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_STATE));
        queue.resize(16);
        assertThat(queue.capacity()).isEqualTo(16);
    }

    @EveryDoor
    void anArmedQueueShouldStayArmedOrMakeItsEvent() throws InterruptedException {
        queue.requestNotification();
        queue.resize(16);
        assertThat(channel.await(Duration.ZERO)).isNull();
        write(0, 1);
        assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
        queue.requestNotification();
        queue.resize(32);
        assertThat(channel.await(Completions.PATIENCE)).as("one is unpolled").isSameAs(queue);
        assertThat(Completions.await(queue, 1)).hasSize(1);
        write(1, 1);
        assertThat(channel.await(Duration.ZERO)).as("not armed").isNull();
    }

    @EveryDoor
    void aClosedQueueShouldNotBeResized() {
        final CompletionQueue closed = client.rnic().createCompletionQueue(4);
        closed.close();
        expectRefused(RnicError.CLOSED, () -> closed.resize(8));
        expectRefused(RnicError.CLOSED, closed::query);
    }

    @EveryDoor
    void resizingWhileOthersPostAndPollShouldLoseNothing() throws Exception {
        final int writes = 20_000;
        queue.resize(128);
        final CompletableFuture<Void> resizing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                queue.resize(i % 2 == 0 ? 1024 : 128);
            }
        });
        int done = 0;
        for (int i = 0; i < writes; i++) {
            write(i);
            if (i % 64 == 63) {
                assertThat(Completions.await(queue, 64)).extracting(CompletedRequest::wrId)
                    .containsExactly(numbers(done, done + 64));
                done += 64;
            }
        }
        assertThat(Completions.await(queue, writes - done)).hasSize(writes - done);
        resizing.get();
    }

    @EveryDoor
    void messagesInCompletionsShouldComeAlong() {
        final SendRequest send = new SendRequest();
        server.receives().resize(64);
        final MemoryRegion region = server.register(64, Access.LOCAL_WRITE);
        for (int i = 0; i < 3; i++) {
            server.queuePair().postReceive(new ReceiveRequest().receive(i).sge(region, 8L * i, 8));
        }
        for (int i = 0; i < 3; i++) {
            client.fill(0, new byte[] {(byte) (i + 1), 2, 3, 4, 5, 6, 7, 8});
            client.queuePair().postSend(send.send(i).sge(client.region(), 0, 8).signalled(true));
            Completions.awaitOne(client.sends());
        }
        server.receives().resize(512);
        assertThat(Completions.await(server.receives(), 3)).extracting(CompletedRequest::byteLength).containsOnly(8);
        for (int i = 0; i < 3; i++) {
            assertThat(region.segment().asSlice(8L * i, 8).toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(i + 1, 2, 3, 4, 5, 6, 7, 8);
        }
        region.close();
    }
}
