package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Several threads on the same objects: every request posted ends in exactly one completion. */
@ThroughEveryDoor
class ConcurrencyTest {
    @Parameter
    Door door;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private Pair pair;
    private Side client;
    private Side server;
    private ExecutorService threads;

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        client = pair.client;
        server = pair.server;
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        pair.close();
    }

    private <T> List<Future<T>> start(final int count, final Callable<T> task) {
        final List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(threads.submit(task));
        }
        return futures;
    }

    /** Posts, and while the queue is full lets others poll. */
    private static void postPatiently(final QueuePair queuePair, final SendRequest request) {
        while (true) {
            try {
                queuePair.postSend(request);
                return;
            } catch (final PostException e) {
                if (e.error() != RnicError.QUEUE_FULL) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldCompleteEachRequestOnceWhenThreadsPostToOneQueuePairAndPollOneQueue() throws Exception {
        final int posters = 3;
        final int each = 3000;
        final AtomicInteger ids = new AtomicInteger();
        final AtomicInteger polled = new AtomicInteger();
        final ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
        final List<Future<Integer>> posting = start(posters, () -> {
            final SendRequest request = new SendRequest();
            for (int i = 0; i < each; i++) {
                postPatiently(client.queuePair, request.write(ids.incrementAndGet(), server.region.address(),
                    server.region.rkey()).sge(client.region, 0, 16).signalled(true));
            }
            return each;
        });
        final List<Future<Integer>> polling = start(2, () -> {
            while (polled.get() < posters * each && !Thread.interrupted()) {
                polled.addAndGet(client.sends.poll(completion -> done.add(Done.of(completion)), 7));
            }
            return 0;
        });
        for (final Future<Integer> task : posting) {
            task.get();
        }
        for (final Future<Integer> task : polling) {
            task.get();
        }
        assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.SUCCESS);
        assertThat(done.stream().mapToLong(Done::wrId).distinct().count()).isEqualTo(posters * each);
        assertThat(done).hasSize(posters * each);
        assertThat(Done.poll(client.sends)).isEmpty();
    }

    @Test
    void shouldCarryTrafficBothWaysAtOnce() throws Exception {
        final int messages = 5000;
        final List<Future<Long>> sides = new ArrayList<>();
        final CountDownLatch ready = new CountDownLatch(2);
        for (final Side side : List.of(client, server)) {
            final Side other = side == client ? server : client;
            sides.add(threads.submit(() -> exchange(side, other, messages, ready)));
        }
        for (final Future<Long> side : sides) {
            assertThat(side.get()).isEqualTo((long) messages * (messages - 1) / 2);
        }
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RTS);
    }

    /**
     * Sends numbered messages, each into a receive that the other side has said it posted; returns the sum received.
     */
    private static long exchange(final Side side, final Side other, final int messages, final CountDownLatch ready)
        throws InterruptedException {
        final int window = 32;
        for (int i = 0; i < window; i++) {
            side.receive(i, 8L * i, 8);
        }
        ready.countDown();
        ready.await();
        final SendRequest credit = new SendRequest();
        final SendRequest send = new SendRequest();
        final MemorySegment word = Arena.ofAuto().allocate(8);
        long received = 0;
        long sum = 0;
        int sent = 0;
        while (received < messages || sent < messages) {
            final long credits = (long) WORD.getAcquire(side.memory(), 1024L);
            while (sent < messages && sent < credits + window && side.queuePair.sendSpace() > 1) {
                word.set(ValueLayout.JAVA_LONG, 0, sent);
                side.queuePair.postSend(send.send(sent).inline(word, 0, 8).signalled(true));
                sent++;
            }
            Done.poll(side.sends);
            for (final Done done : Done.poll(side.receives)) {
                sum += side.memory().get(ValueLayout.JAVA_LONG, 8 * (done.wrId() % window));
                side.receive(received + window, 8 * (received % window), 8);
                received++;
                word.set(ValueLayout.JAVA_LONG, 0, received);
                postPatientlyPolling(side, credit.write(-1, other.region.address() + 1024, other.region.rkey())
                    .inline(word, 0, 8).signalled(true));
            }
        }
        return sum;
    }

    private static void postPatientlyPolling(final Side side, final SendRequest request) {
        while (side.queuePair.sendSpace() == 0) {
            Done.poll(side.sends);
        }
        side.queuePair.postSend(request);
    }

    @Test
    void shouldEndEveryRequestOnceWhenAnotherThreadDisconnects() throws Exception {
        for (int round = 0; round < 30; round++) {
            try (Pair fresh = new Pair(door)) {
                final Map<Long, Integer> ends = new HashMap<>();
                int posted = 0;
                final CountDownLatch going = new CountDownLatch(1);
                final Future<?> disconnecting = threads.submit(() -> {
                    going.await();
                    fresh.server.queuePair.disconnect();
                    return null;
                });
                final SendRequest request = new SendRequest();
                int flushed = 0;
                while (flushed < 10) {
                    if (fresh.client.queuePair.sendSpace() > 0) {
                        fresh.client.queuePair.postSend(request.write(++posted,
                            fresh.server.region.address(), fresh.server.region.rkey())
                            .sge(fresh.client.region, 0, 4096).signalled(true));
                    }
                    flushed += note(ends, Done.poll(fresh.client.sends));
                    if (posted == 20) {
                        going.countDown();
                    }
                }
                disconnecting.get();
                while (ends.size() < posted) {
                    note(ends, Done.await(fresh.client.sends, 1));
                }
                assertThat(ends).hasSize(posted);
                assertThat(ends.values()).containsOnly(1);
            }
        }
    }

    private static int note(final Map<Long, Integer> ends, final List<Done> done) {
        int flushed = 0;
        for (final Done one : done) {
            ends.merge(one.wrId(), 1, Integer::sum);
            flushed += one.status() == CompletionStatus.FLUSHED ? 1 : 0;
        }
        return flushed;
    }

    @Test
    void shouldPlaceNothingOnceDeregistrationHasReturned() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (Pair fresh = new Pair(door)) {
                final MemoryRegion region = fresh.server.register(4096, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
                final AtomicBoolean failed = new AtomicBoolean();
                final CountDownLatch going = new CountDownLatch(1);
                final Future<?> writer = threads.submit(() -> writeUntilRefused(fresh.client, region, going, failed));
                going.await();
                region.close();
                region.segment().fill((byte) 0x11);
                writer.get();
                assertThat(failed).isTrue();
                assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x11);
            }
        }
    }

    private static void writeUntilRefused(
        final Side side, final MemoryRegion region, final CountDownLatch going, final AtomicBoolean failed) {
        final SendRequest request = new SendRequest();
        final CompletionQueue sends = side.sends;
        for (int i = 0; !failed.get(); i++) {
            side.queuePair.postSend(
                request.write(i, region.address(), region.rkey()).sge(side.region, 0, 4096).signalled(true));
            failed.set(Done.awaitOne(sends).status() != CompletionStatus.SUCCESS);
            if (i == 50) {
                going.countDown();
            }
        }
    }
}
