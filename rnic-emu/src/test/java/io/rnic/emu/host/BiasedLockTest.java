package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BiasedLockTest {
    private static final int INCREMENTS = 30_000;
    private static final int FRESH_LOCKS = 1_500;

    private final BiasedLock lock = new SeparateLock();
    /** Plain on purpose: only the lock makes the sum right. */
    private int counter;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldLoseNoIncrementOfManyThreads(final int threads) throws Exception {
        runTogether(threads, () -> {
            for (int i = 0; i < INCREMENTS; i++) {
                lock.lock();
                counter++;
                lock.unlock();
            }
            return counter;
        });
        assertThat(counter).isEqualTo(threads * INCREMENTS);
    }

    /** Some wait for no time at all, and give the bias back to whom they took it from. */
    @Test
    void shouldLoseNoIncrementBesideThreadsThatGiveUp() throws Exception {
        final AtomicInteger taken = new AtomicInteger();
        runTogether(3, () -> {
            for (int i = 0; i < INCREMENTS; i++) {
                lock.lock();
                counter++;
                lock.unlock();
                if (lock.tryLock(new Deadline(i & 1))) {
                    counter++;
                    taken.incrementAndGet();
                    lock.unlock();
                }
            }
            return counter;
        });
        assertThat(counter).isEqualTo(3 * INCREMENTS + taken.get());
    }

    @Test
    void shouldGiveUpWaitingForAnOwnerWhoStaysAndLeaveTheLockAsItWas() throws Exception {
        lock.lock();
        assertThat(runElsewhere(() -> lock.tryLock(new Deadline(0)))).isFalse();
        assertThat(runElsewhere(() -> lock.tryLock(new Deadline(1_000)))).isFalse();
        lock.unlock();
        assertThat(runElsewhere(() -> {
            final boolean isTaken = lock.tryLock(new Deadline(Long.MAX_VALUE));
            lock.unlock();
            return isTaken;
        })).isTrue();
        assertThat(lock.tryLock(new Deadline(0))).as("free, though nobody's own").isTrue();
        lock.unlock();
    }

    private static <T> T runElsewhere(final Callable<T> work) throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            return executor.submit(work).get();
        }
    }

    @Test
    void shouldLoseNoIncrementWhileTheBiasMovesToAndFro() throws Exception {
        final int spells = 40;
        runTogether(3, () -> {
            for (int spell = 0; spell < spells; spell++) {
                // Long enough alone for the bias, more often than not.
                for (int i = 0; i < 2 * BiasedLock.STREAK; i++) {
                    lock.lock();
                    counter++;
                    lock.unlock();
                }
                Spin.pause(Integer.MAX_VALUE);
            }
            return 0;
        });
        assertThat(counter).isEqualTo(3 * spells * 2 * BiasedLock.STREAK);
    }

    @Test
    void shouldLoseNoIncrementAroundTheRevocation() throws Exception {
        final BiasedLock[] fresh = new BiasedLock[FRESH_LOCKS];
        final int[] counters = new int[FRESH_LOCKS];
        for (int i = 0; i < FRESH_LOCKS; i++) {
            fresh[i] = new SeparateLock();
        }
        runTogether(2, () -> {
            for (int i = 0; i < FRESH_LOCKS; i++) {
                for (int n = 0; n < 20; n++) {
                    fresh[i].lock();
                    counters[i]++;
                    fresh[i].unlock();
                }
            }
            return 0;
        });
        assertThat(counters).containsOnly(40);
    }

    @Test
    void shouldWaitForTheOwnerThatHoldsItWhenRevoking() throws Exception {
        final AtomicBoolean acquired = new AtomicBoolean();
        final CountDownLatch about = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            lock.lock();
            final Future<Integer> other = executor.submit(() -> {
                about.countDown();
                lock.lock();
                acquired.set(true);
                final int seen = counter;
                lock.unlock();
                return seen;
            });
            about.await();
            assertStaysFalse(acquired);
            counter = 42;
            lock.unlock();
            assertThat(other.get()).isEqualTo(42);
        }
    }

    @Test
    void shouldGoFromThreadToThread() throws Exception {
        for (int round = 0; round < 3; round++) {
            lock.lock();
            counter++;
            lock.unlock();
            inAnotherThread(() -> {
                // The last of these with the bias.
                for (int i = 0; i <= BiasedLock.STREAK; i++) {
                    lock.lock();
                    counter++;
                    lock.unlock();
                }
                return true;
            });
        }
        assertThat(counter).isEqualTo(3 * (BiasedLock.STREAK + 2));
    }

    @Test
    void shouldAllocateNothingWhenTwoThreadsTakeTheBiasFromEachOther() throws Exception {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long[] allocated = new long[2];
        final CyclicBarrier turn = new CyclicBarrier(2);
        final AtomicInteger nextParty = new AtomicInteger();
        final int rounds = 20;
        runTogether(2, () -> {
            final int party = nextParty.getAndIncrement();
            for (int round = 0; round < rounds; round++) {
                turn.await();
                if (round % 2 == party) {
                    final long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i <= BiasedLock.STREAK; i++) {
                        lock.lock();
                        counter++;
                        lock.unlock();
                    }
                    // The first turns make the biases, and load what the loop needs.
                    allocated[party] += round < rounds / 2 ? 0 : threads.getCurrentThreadAllocatedBytes() - before;
                }
            }
            return party;
        });
        assertThat(counter).isEqualTo(rounds * (BiasedLock.STREAK + 1));
        assertThat(allocated).containsOnly(0);
    }

    /** What it needs for that it makes when it first comes. */
    @Test
    void shouldAllocateNothingWhenTheSecondThreadGetsTheBias() throws Exception {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = -1;
        for (int i = 0; i < 3; i++) { // the first loads what the loop needs
            final BiasedLock fresh = new SeparateLock();
            fresh.lock();
            fresh.unlock();
            allocated = runElsewhere(() -> {
                fresh.lock();
                fresh.unlock();
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int taken = 0; taken <= 2 * BiasedLock.STREAK; taken++) {
                    fresh.lock();
                    fresh.unlock();
                }
                return threads.getCurrentThreadAllocatedBytes() - before;
            });
        }
        assertThat(allocated).isZero();
    }

    @Test
    void shouldWaitForWhoHoldsItWithABiasThatWasAnothersBefore() throws Exception {
        lock.lock();
        lock.unlock();
        final AtomicBoolean acquired = new AtomicBoolean();
        final CountDownLatch held = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            final Future<?> holder = executor.submit(() -> {
                for (int i = 0; i <= BiasedLock.STREAK; i++) {
                    lock.lock();
                    lock.unlock();
                }
                lock.lock();
                held.countDown();
                release.await();
                counter = 42;
                lock.unlock();
                return true;
            });
            held.await();
            final Future<Integer> waiter = executor.submit(() -> {
                lock.lock();
                acquired.set(true);
                final int seen = counter;
                lock.unlock();
                return seen;
            });
            assertStaysFalse(acquired);
            release.countDown();
            assertThat(waiter.get()).isEqualTo(42);
            holder.get();
        }
    }

    /** Gives the other thread many chances to do what it must not do. */
    @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this core
    private static void assertStaysFalse(final AtomicBoolean flag) {
        for (int i = 0; i < 2_000; i++) {
            assertThat(flag).isFalse();
            Thread.yield();
        }
    }

    private static <T> T inAnotherThread(final Callable<T> work) throws InterruptedException, ExecutionException {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            return executor.submit(work).get();
        }
    }

    private static void runTogether(final int threads, final Callable<Integer> work) throws Exception {
        final CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            final List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            for (final Future<Integer> each : running) {
                each.get();
            }
        }
    }
}
