package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Several threads on the same objects: every request posted ends in exactly one completion. */
class ConcurrencyTest {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private Side client;
    private Side server;
    private ExecutorService threads;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @EveryDoor
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
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
    }

    /**
     * Sends numbered messages, each into a receive that the other side has said it posted; returns the sum received.
     * Who has received nothing gives way: there may be more threads than cores.
     */
    @SuppressWarnings("ThreadPriorityCheck")
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
            while (sent < messages && sent < credits + window && side.queuePair().sendSpace() > 1) {
                word.set(ValueLayout.JAVA_LONG, 0, sent);
                side.queuePair().postSend(send.send(sent).inline(word, 0, 8).signalled(true));
                sent++;
            }
            Completions.poll(side.sends());
            final List<CompletedRequest> came = Completions.poll(side.receives());
            if (came.isEmpty()) {
                Thread.yield();
            }
            for (final CompletedRequest done : came) {
                sum += side.memory().get(ValueLayout.JAVA_LONG, 8 * (done.wrId() % window));
                side.receive(received + window, 8 * (received % window), 8);
                received++;
                word.set(ValueLayout.JAVA_LONG, 0, received);
                postPatientlyPolling(side, credit.write(-1, other.region().address() + 1024, other.region().rkey())
                    .inline(word, 0, 8).signalled(true));
            }
        }
        return sum;
    }

    private static void postPatientlyPolling(final Side side, final SendRequest request) {
        while (side.queuePair().sendSpace() == 0) {
            Completions.poll(side.sends());
        }
        side.queuePair().postSend(request);
    }

    @EveryDoor
    void shouldEndEveryRequestOnceWhenAnotherThreadDisconnects(final RnicOptions options) throws Exception {
        for (int round = 0; round < 30; round++) {
            try (ConnectedPair fresh = ConnectedPair.open(options)) {
                final Map<Long, Integer> ends = new HashMap<>();
                int posted = 0;
                final CountDownLatch going = new CountDownLatch(1);
                final Future<?> disconnecting = threads.submit(() -> {
                    going.await();
                    fresh.server().queuePair().disconnect();
                    return null;
                });
                final SendRequest request = new SendRequest();
                int flushed = 0;
                while (flushed < 10) {
                    if (fresh.client().queuePair().sendSpace() > 0) {
                        fresh.client().queuePair().postSend(request.write(++posted,
                            fresh.server().region().address(), fresh.server().region().rkey())
                            .sge(fresh.client().region(), 0, 4096).signalled(true));
                    }
                    flushed += note(ends, Completions.poll(fresh.client().sends()));
                    if (posted == 20) {
                        going.countDown();
                    }
                }
                disconnecting.get();
                while (ends.size() < posted) {
                    note(ends, Completions.await(fresh.client().sends(), 1));
                }
                assertThat(ends).hasSize(posted);
                assertThat(ends.values()).containsOnly(1);
            }
        }
    }

    private static int note(final Map<Long, Integer> ends, final List<CompletedRequest> done) {
        int flushed = 0;
        for (final CompletedRequest one : done) {
            ends.merge(one.wrId(), 1, Integer::sum);
            flushed += one.status() == CompletionStatus.FLUSHED ? 1 : 0;
        }
        return flushed;
    }
}
