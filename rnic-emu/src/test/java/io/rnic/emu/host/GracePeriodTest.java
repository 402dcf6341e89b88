package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GracePeriodTest {
    private final GracePeriod gracePeriod = new GracePeriod();
    private final GracePeriod.Participant participant = new GracePeriod.Participant();
    private final CountDownLatch about = new CountDownLatch(1);
    private final AtomicBoolean returned = new AtomicBoolean();
    private final Thread awaiting = new Thread(() -> {
        about.countDown();
        gracePeriod.await();
        returned.set(true);
    });

    GracePeriodTest() {
        gracePeriod.join(participant);
    }

    private void beginAwait() throws InterruptedException {
        awaiting.setDaemon(true);
        awaiting.start();
        about.await();
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this core
    private void assertStillWaiting() {
        for (int i = 0; i < 2_000; i++) {
            assertThat(returned).isFalse();
            Thread.yield();
        }
    }

    @Test
    void shouldNotWaitForAParticipantThatIsOutside() {
        gracePeriod.await();
        participant.enter();
        participant.exit();
        gracePeriod.await();
    }

    @Test
    void shouldWaitUntilTheParticipantThatWasInsideHasLeft() throws InterruptedException {
        participant.enter();
        beginAwait();
        assertStillWaiting();
        participant.exit();
        awaiting.join();
        assertThat(returned).isTrue();
    }

    @Test
    void shouldWaitForTheOutermostExit() throws InterruptedException {
        participant.enter();
        participant.enter();
        beginAwait();
        participant.exit();
        assertStillWaiting();
        participant.exit();
        awaiting.join();
        assertThat(returned).isTrue();
    }

    @Test
    void shouldWaitForEachParticipant() throws InterruptedException {
        final GracePeriod.Participant second = new GracePeriod.Participant();
        gracePeriod.join(second);
        participant.enter();
        second.enter();
        beginAwait();
        participant.exit();
        assertStillWaiting();
        second.exit();
        awaiting.join();
        assertThat(returned).isTrue();
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this core
    void shouldNotWaitForWorkThatBeganLater() throws InterruptedException {
        participant.enter();
        beginAwait();
        // It is inside nearly all the time, but each time it is other work.
        while (!returned.get()) {
            participant.exit();
            participant.enter();
            Thread.yield();
        }
        awaiting.join();
        participant.exit();
    }

    @Test
    void shouldSeeNoUseBehindTheAwaitThatFollowedTheRevocation() throws InterruptedException {
        final int rounds = 2_000;
        final AtomicBoolean[] revoked = new AtomicBoolean[rounds];
        final AtomicBoolean[] freed = new AtomicBoolean[rounds];
        for (int i = 0; i < rounds; i++) {
            revoked[i] = new AtomicBoolean();
            freed[i] = new AtomicBoolean();
        }
        final int[] violations = new int[1];
        final Thread worker = new Thread(() -> {
            for (int i = 0; i < rounds; i++) {
                boolean gone = false;
                while (!gone) {
                    participant.enter();
                    gone = revoked[i].getAcquire();
                    // What is not revoked at entry must not be freed before the exit.
                    violations[0] += !gone && freed[i].getAcquire() ? 1 : 0;
                    participant.exit();
                }
            }
        });
        worker.start();
        for (int i = 0; i < rounds; i++) {
            revoked[i].setRelease(true);
            gracePeriod.await();
            freed[i].setRelease(true);
        }
        worker.join();
        assertThat(violations[0]).isZero();
    }

    @Test
    void shouldForgetParticipantsThatNobodyRefersTo() {
        final GracePeriod period = new GracePeriod();
        for (int i = 0; i < 1_000; i++) {
            joinAndLeaveInside(period);
        }
        System.gc();
        joinAndLeaveInside(period);
        period.join(new GracePeriod.Participant());
        System.gc();
        // Would never return if the lost ones, which are inside for ever, were still waited for.
        period.await();
    }

    private static void joinAndLeaveInside(final GracePeriod period) {
        final GracePeriod.Participant lost = new GracePeriod.Participant();
        period.join(lost);
        lost.enter();
    }

    @Test
    void shouldBeInsideAgainAfterAWaitFromInside() throws InterruptedException {
        participant.enter();
        gracePeriod.awaitFromInside(participant);
        beginAwait();
        assertStillWaiting();
        participant.exit();
        awaiting.join();
        assertThat(returned).isTrue();
    }

    @Test
    void shouldLetTwoThatAreInsideWaitForEachOther() throws InterruptedException {
        final CyclicBarrier both = new CyclicBarrier(2);
        final AtomicInteger ended = new AtomicInteger();
        final Thread[] threads = new Thread[2];
        for (int i = 0; i < 2; i++) {
            final GracePeriod.Participant each = new GracePeriod.Participant();
            gracePeriod.join(each);
            threads[i] = new Thread(() -> {
                for (int round = 0; round < 200; round++) {
                    each.enter();
                    awaitQuietly(both);
                    gracePeriod.awaitFromInside(each);
                    each.exit();
                    awaitQuietly(both); // outside: the other may still be about to look
                }
                ended.incrementAndGet();
            });
            threads[i].setDaemon(true);
            threads[i].start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(ended).hasValue(2);
    }

    private static void awaitQuietly(final CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (final InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }
}
