package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;

/** What a thread uses to send and receive by TCP does not stay with it: there may be very many. */
class ManyThreadsTest {
    private static final int THREADS = 200;
    /** Far less than a buffer for the socket takes. */
    private static final long BYTES_EACH = 64 << 10;

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    /** Through the kernel a thread has blocks of arguments besides, which are its own. */
    @RnicTest(link = "tcp", frontEnds = "user")
    @Timeout(60)
    void oneAfterTheOtherShouldLeaveNoBuffersBehind(final ConnectedPair pair) throws InterruptedException {
        final long before = directBytes();
        final List<Thread> threads = new ArrayList<>();
        final List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final CountDownLatch done = new CountDownLatch(1);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    sendOne(pair);
                } catch (final Throwable e) {
                    failures.add(e);
                }
                done.countDown();
                while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.park();
                }
            }));
            done.await();
        }
        final long each = (directBytes() - before) / THREADS;
        for (final Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(each).as("bytes that each thread has left").isLessThan(BYTES_EACH);
    }

    private static void sendOne(final ConnectedPair pair) {
        pair.server().receive(1, 0, 64);
        Completions.poll(pair.server().receives());
        pair.client().send(2, 0, 64);
        assertThat(pair.server().awaitReceive()).extracting(CompletedRequest::wrId).isEqualTo(1L);
        assertThat(pair.client().awaitSend()).extracting(CompletedRequest::wrId).isEqualTo(2L);
    }
}
