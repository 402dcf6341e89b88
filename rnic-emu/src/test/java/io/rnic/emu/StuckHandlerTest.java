package io.rnic.emu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thread that does not come back from its completion handler: what would wait for it says so, and can be tried again.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StuckHandlerTest {
    private final DeviceContext context = new DeviceContext(
        Device.open(Map.of("device", "stuck-handler", "pinning", "accounted"), Set.of()), false);
    private final DomainResource domain = context.allocateDomain();
    private final CompletionQueueResource stuck = context.createCompletionQueue(8, null);
    private final CompletionQueueResource other = context.createCompletionQueue(8, null);
    private final QueuePairResource queuePair = QueuePairResource.create(
        domain, other, stuck, null, new QueueLimits(4, 4, 1, 1, 0, 1_000, false), 0, new ReadLimits(1, 1));
    private final CountDownLatch isInside = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);
    private final Thread polling = Thread.ofPlatform().name("the one that is stuck").unstarted(() ->
        stuck.reader().poll(completion -> {
            isInside.countDown();
            awaitUninterruptibly(mayReturn);
        }, 1));

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void loseAllPatience() {
        stuck.reader().patience(Duration.ofMillis(1));
        stuck.writer().push(CompletionOpcode.SEND, CompletionStatus.SUCCESS, 0, queuePair.number(), 0, 0);
    }

    private void getStuck() {
        polling.start();
        awaitUninterruptibly(isInside);
    }

    @AfterEach
    void closeAll() {
        stuck.close();
        other.close();
        domain.close();
        context.close();
    }

    private void comeBack() throws InterruptedException {
        mayReturn.countDown();
        polling.join();
    }

    private static void assertBusy(final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.BUSY))
            .hasMessageContainingAll("completion queue", "thread the one that is stuck", "try again");
    }

    @Test
    void shouldKeepNobodyFromClosingForEver() throws InterruptedException {
        getStuck();
        assertBusy(queuePair::close);
        assertThat(queuePair.state()).as("nothing has happened").isEqualTo(QueuePairState.INIT);
        comeBack();
        queuePair.close();
    }

    /** The handler is called when the close or reset is half way: when it tells the peer. */
    private void getStuckHalfWay() {
        queuePair.nic().connect((DirectLink) Proxy.newProxyInstance(DirectLink.class.getClassLoader(),
            new Class<?>[] {DirectLink.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("disconnect")) {
                    getStuck();
                }
                return method.getReturnType() == int.class ? 0 : null;
            }));
    }

    @Test
    void shouldLetACloseGoOnWhereItWasHeldUp() throws InterruptedException {
        getStuckHalfWay();
        assertBusy(queuePair::close);
        assertBusy(queuePair::close);
        comeBack();
        queuePair.close();
        assertThatThrownBy(queuePair::close).hasMessageContaining("is closed");
    }

    @Test
    void shouldLetAResetGoOnWhereItWasHeldUp() throws InterruptedException {
        getStuckHalfWay();
        assertBusy(() -> queuePair.modify(QueuePairState.RESET));
        assertThatThrownBy(() -> queuePair.modify(QueuePairState.INIT)).hasMessageContaining("is not reset yet");
        assertBusy(() -> queuePair.modify(QueuePairState.RESET));
        comeBack();
        queuePair.modify(QueuePairState.RESET);
        queuePair.modify(QueuePairState.INIT);
        queuePair.close();
    }

    @Test
    void shouldKeepNobodyFromClosingTheQueueForEver() throws InterruptedException {
        getStuck();
        assertThatThrownBy(stuck::close).as("said at once").hasMessageContaining("in use by queue pair");
        assertThat(stuck.usage().isOpen()).isTrue();
        comeBack();
        queuePair.close();
    }

    @Test
    void shouldKeepNobodyFromResettingForEver() throws InterruptedException {
        getStuck();
        assertBusy(() -> queuePair.modify(QueuePairState.RESET));
        assertThat(queuePair.state()).as("nothing has happened").isEqualTo(QueuePairState.INIT);
        comeBack();
        queuePair.modify(QueuePairState.RESET);
        queuePair.modify(QueuePairState.INIT);
        queuePair.close();
    }

    @Test
    void shouldKeepNobodyFromResizingForEver() throws InterruptedException {
        getStuck();
        assertBusy(() -> stuck.resize(64));
        assertThat(stuck.capacity()).isEqualTo(8);
        comeBack();
        stuck.resize(64);
        assertThat(stuck.capacity()).isEqualTo(64);
        queuePair.close();
    }
}
