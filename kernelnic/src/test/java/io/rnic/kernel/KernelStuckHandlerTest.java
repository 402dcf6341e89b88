package io.rnic.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that does not return holds what was fetched for it, which no close or reset waits for without end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelStuckHandlerTest {
    private final CountDownLatch isInside = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);
    private final List<Long> polled = new ArrayList<>();

    private static void assertBusy(final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.BUSY))
            .hasMessageContainingAll("completion queue", "thread the one that is stuck", "try again");
    }

    private Thread poll(final KernelCompletionQueue queue) {
        return Thread.ofPlatform().name("the one that is stuck").start(() -> queue.poll(completion -> {
            polled.add(completion.wrId());
            isInside.countDown();
            try {
                mayReturn.await();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }, 1));
    }

    @Test
    void shouldKeepNobodyFromClosingOrResettingForEver() throws InterruptedException {
        try (Rnic rnic = new KernelProvider().open(
            RnicOptions.defaults().with("device", "kernel-stuck-handler").with("pinning", "accounted"));
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            KernelCompletionQueue queue = (KernelCompletionQueue) rnic.createCompletionQueue(8);
            QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(queue))) {
            queue.patience(Duration.ofMillis(1));
            queuePair.modify(QueuePairState.ERROR);
            queuePair.postReceive(new ReceiveRequest().receive(1));
            queuePair.postReceive(new ReceiveRequest().receive(2));
            final Thread polling = poll(queue);
            isInside.await();

            assertBusy(() -> queuePair.modify(QueuePairState.RESET));
            assertBusy(queuePair::close);
            assertThat(queuePair.state()).as("nothing has happened").isEqualTo(QueuePairState.ERROR);

            mayReturn.countDown();
            polling.join();
            queuePair.modify(QueuePairState.RESET);
            assertThat(queue.poll(completion -> { }, 8)).as("forgotten").isZero();
            assertThat(polled).containsExactly(1L);
        }
    }
}
