package io.rnic.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.RnicTest;
import io.rnic.verbs.RnicOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Memory safety under fire: threads place at full speed into memory that others register, deregister and free, over
 * connections that others break. After a deregistration nothing is placed, the JVM lives, and nothing waits for ever.
 */
class FireTest {
    private static final long SECONDS = TestProperties.get(TestProperties.FIRE_SECONDS, 1);

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"})
    void shouldPlaceNothingAfterDeregistration(final RnicOptions options) throws Exception {
        final FireCounts counts = Fire.run(options, SECONDS);

        System.out.printf("fire, %s %s %s: %s%n", options.effective().get(RnicOptions.FRONT_END),
            options.effective().get("threading"), options.effective().get("link"), counts);
        assertThat(counts.hasAll()).as(counts.toString()).isTrue();
    }

    @Test
    void shouldTellWhereAllThreadsAreWhenOneDoesNotEnd() throws InterruptedException {
        final Fire fire = new Fire(Duration.ofMillis(1));
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        fire.repeat("hangs", () -> waitForEver(reached, release));
        reached.await();

        assertThatThrownBy(() -> fire.await(0)).isInstanceOf(AssertionError.class)
            .hasMessageContainingAll("not all threads have ended", "fire: hangs", "FireTest.waitForEver",
                "FireTest.shouldTellWhereAllThreadsAreWhenOneDoesNotEnd");
        release.countDown();
    }

    private static void waitForEver(final CountDownLatch reached, final CountDownLatch release)
        throws InterruptedException {
        reached.countDown();
        release.await();
    }

    @Test
    void shouldTellTheFailureOfAThread() {
        final Fire fire = new Fire(Duration.ofMinutes(1));
        fire.repeat("fails", () -> {
            throw new IllegalStateException("as it must");
        });
        assertThatThrownBy(() -> fire.await(60)).isInstanceOf(AssertionError.class)
            .hasMessageContainingAll("under fire", "as it must");
    }
}
