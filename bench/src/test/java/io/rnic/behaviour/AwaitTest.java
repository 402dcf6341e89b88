package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.verbs.QueuePairState;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Waiting for what does not come ends at an interrupt, and says what a test's author has to know. */
@Timeout(60)
class AwaitTest {
    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    private static AbstractThrowableAssert<?, ?> interrupted(final ThrowingCallable wait) {
        Thread.currentThread().interrupt();
        final AbstractThrowableAssert<?, ?> thrown =
            assertThatThrownBy(wait).isInstanceOf(AssertionError.class).hasMessageContaining("interrupted after ");
        assertThat(Thread.interrupted()).as("kept").isTrue();
        return thrown;
    }

    @RnicTest(link = {"loopback", "tcp"})
    void shouldSayHowTheQueuePairStandsWhereNothingCompletes(final ConnectedPair pair) {
        final String client = "queue pair " + pair.client().queuePair().number() + " is in RTS, outstanding: ";
        interrupted(() -> pair.client().awaitSend()).hasMessageContainingAll("0 of 1 completions", "completion queue "
            + pair.client().sends().query().number(), client + "0 sends, 0 receives; diagnosis: none",
            "hint: no send request is outstanding");
        interrupted(() -> pair.client().awaitReceive()).hasMessageContaining("hint: no receive is outstanding");
        pair.client().receive(1, 0, 8);
        interrupted(() -> pair.client().awaitReceive()).hasMessageContainingAll(client + "0 sends, 1 receives",
            "hint: the peer has sent nothing");
        interrupted(() -> Completions.awaitOne(pair.client().sends(), completion -> { }))
            .hasMessageContaining("completion queue ");
    }

    @RnicTest(link = {"loopback", "tcp"})
    void shouldSayWhyAQueuePairFailed(final ConnectedPair pair) {
        final String state = "still not in ERROR: queue pair " + pair.client().queuePair().number() + " is in RTS";
        interrupted(() -> pair.client().awaitState(QueuePairState.ERROR)).hasMessageContaining(state);
        pair.client().queuePair().disconnect();
        interrupted(() -> pair.client().awaitSend())
            .hasMessageContainingAll("is in ERROR", "DISCONNECTED", "hint: it is in ERROR");
        pair.client().queuePair().close();
        interrupted(() -> pair.client().awaitSend()).hasMessageContainingAll("closed", "hint: it is closed");
    }

    @RnicTest
    void shouldEndAWaitForAnything(final ConnectedPair pair) {
        interrupted(() -> Await.until("the moon", () -> pair.client().queuePair().state() == QueuePairState.INIT))
            .hasMessageContaining("still not: the moon");
    }
}
