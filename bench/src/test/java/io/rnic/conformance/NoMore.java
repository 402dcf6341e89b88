package io.rnic.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;

/** That nothing more has happened: something is made to happen later, and is what comes next. */
final class NoMore {
    private NoMore() {
    }

    /** Neither side is told more asynchronous events: the end of another connection is the next that both are told. */
    static void asyncEvents(final Side client, final Side server) throws InterruptedException {
        try (QueuePair one = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair other = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
            ConnectedPair.connect(one, server.rnic(), other);
            one.disconnect();
            assertThat(client.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, one, 0));
            assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, other, 0));
        }
    }
}
