package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.host.Deadline;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompletionNotificationTest {
    private static final int SLOTS = 64;
    private static final int BATCH = 7;
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(30);

    private final SharedMemory.Block block = new SharedMemory().allocate(CompletionLayout.ENTRIES
        + (long) SLOTS * CompletionLayout.ENTRY_BYTES);
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xFFFF);
    private final EventChannel channel = new EventChannel(5);
    private final CompletionReader reader = new CompletionReader(block, SLOTS, 33, queuePairs);
    private final CompletionWriter writer = new CompletionWriter(block, SLOTS, 33, channel, new AsyncEvents("test"));

    CompletionNotificationTest() {
        queuePairs.add(QueueFixture.queuePair(1, 16));
        queuePairs.add(QueueFixture.queuePair(2, 16));
    }

    private void push(final int queuePair, final int sequence) {
        assertThat(writer.push(CompletionOpcode.RECEIVE, CompletionStatus.SUCCESS, sequence, queuePair, 0, 0)).isTrue();
    }

    private int poll() {
        return reader.poll(c -> { }, SLOTS);
    }

    @Test
    void shouldMakeNoEventUnlessArmed() throws InterruptedException {
        push(1, 0);
        assertThat(channel.await(0)).isZero();
    }

    @Test
    void shouldMakeOneEventForOneArming() throws InterruptedException {
        reader.arm(false);
        push(1, 0);
        push(1, 1);
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
        assertThat(channel.await(0)).isZero();
        reader.arm(false);
        assertThat(channel.await(0)).as("what was there already makes no event").isZero();
        push(1, 2);
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
    }

    private void pushSolicited() {
        assertThat(writer.pushReceive(CompletionOpcode.RECEIVE, 0, 1, 0, 0, 0, true)).isTrue();
    }

    @Test
    void shouldPassOverWhatIsNotSolicitedIfAskedTo() throws InterruptedException {
        reader.arm(true);
        push(1, 0);
        assertThat(channel.await(0)).isZero();
        pushSolicited();
        pushSolicited();
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
        assertThat(channel.await(0)).as("one shot").isZero();
    }

    @Test
    void shouldTakeAnErrorForSolicited() throws InterruptedException {
        reader.arm(true);
        assertThat(writer.push(CompletionOpcode.SEND, CompletionStatus.FLUSHED, 0, 1, 0, 0)).isTrue();
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
    }

    @Test
    void shouldStayArmedForAnyWhenArmedForSolicitedToo() throws InterruptedException {
        reader.arm(false);
        reader.arm(true);
        push(1, 0);
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
        reader.arm(true);
        reader.arm(false);
        push(1, 1);
        assertThat(channel.await(LONG_NS)).isEqualTo(33);
    }

    @Test
    void shouldForgetTheEventsOfADestroyedQueue() throws InterruptedException {
        channel.post(7);
        channel.post(33);
        channel.post(7);
        channel.forget(7);
        assertThat(channel.await(0)).isEqualTo(33);
        assertThat(channel.await(0)).isZero();
    }

    @Test
    void shouldWakeWhoWaitsWhenItCloses() throws Exception {
        final CountDownLatch about = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            final Future<Integer> waiting = executor.submit(() -> {
                about.countDown();
                return channel.await(LONG_NS);
            });
            about.await();
            channel.close();
            assertThatThrownBy(waiting::get).cause().isInstanceOf(RnicException.class)
                .hasMessage("completion channel 5 is closed")
                .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.CLOSED);
        }
    }

    @Test
    void shouldTakeTheLongestTimeThereIs() throws InterruptedException {
        assertThat(Deadline.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Deadline.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
        channel.post(33);
        assertThat(channel.await(Long.MAX_VALUE)).isEqualTo(33);
        assertThat(channel.await(Long.MIN_VALUE)).isZero();
    }

    @Test
    void shouldLoseNoWakeUp() throws Exception {
        final int rounds = 4_000;
        final AtomicInteger begun = new AtomicInteger(-1);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            final Future<?> producer = executor.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    while (begun.get() < i) {
                        Thread.onSpinWait();
                    }
                    push(1, i);
                }
            });
            for (int i = 0; i < rounds; i++) {
                begun.set(i);
                int polled = 0;
                while (polled == 0) {
                    reader.arm(false);
                    polled = poll();
                    if (polled == 0) {
                        // An event that was left over from a race may be the first; the next arming makes another.
                        assertThat(channel.await(LONG_NS)).as("round %d", i).isEqualTo(33);
                        polled = poll();
                    }
                }
                assertThat(polled).isEqualTo(1);
            }
            producer.get();
        }
    }

    @Test
    void shouldHandOverEachCompletionOfManyWritersOnceAndInOrder() throws Exception {
        final int each = 40_000;
        final AtomicLong[] done = {new AtomicLong(), new AtomicLong()};
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            final Future<?> first = executor.submit(() -> pushAll(1, each, done[0]));
            final Future<?> second = executor.submit(() -> pushAll(2, each, done[1]));
            for (int polled = 0, idle = 0; polled < 2 * each;) {
                final int now = reader.poll(c -> {
                    final AtomicLong own = done[c.queuePairNumber() - 1];
                    assertThat(c.byteLength()).isEqualTo((int) own.get());
                    own.setRelease(c.byteLength() + 1L);
                }, BATCH);
                polled += now;
                idle = now == 0 ? idle + 1 : 0;
                pause(idle);
            }
            first.get();
            second.get();
        }
        assertThat(poll()).isZero();
        assertThat(done[0].get()).isEqualTo(each);
        assertThat(done[1].get()).isEqualTo(each);
    }

    private void pushAll(final int queuePair, final int count, final AtomicLong done) {
        for (int i = 0; i < count; i++) {
            // Places are free again when the poll ends: a batch more than what the handler has seen may be in the ring.
            for (int spins = 0; i - done.getAcquire() >= (SLOTS - BATCH) / 2; spins++) {
                pause(spins);
            }
            push(queuePair, i);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this core
    private static void pause(final int spins) {
        if (spins > 100) {
            Thread.yield();
        }
    }
}
