package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.CompletionAssert;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How verbs refuse: a call at once, a request on the wire by ending the connection and touching no byte. */
final class Refusal {
    private static final byte CLIENTS = 0x5a;
    private static final byte SERVERS = 0x77;

    private Refusal() {
    }

    static void ofCall(final RnicError error, final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
    }

    /** The request at that place of a list was refused, the earlier ones were posted. */
    static void ofPost(final RnicError error, final int index, final ThrowingCallable post) {
        assertThatThrownBy(post).isInstanceOfSatisfying(PostException.class, e -> {
            assertThat(e.error()).as(e.getMessage()).isEqualTo(error);
            assertThat(e.index()).isEqualTo(index);
        });
    }

    /** Fills both regions, so that a byte placed anywhere shows. */
    static void mark(final ConnectedPair pair) {
        pair.client().memory().fill(CLIENTS);
        pair.server().memory().fill(SERVERS);
    }

    /** The client's request ends by a Terminate of the server. */
    static void byTheServer(final ConnectedPair pair, final CompletionStatus status, final int layer,
        final int errorType, final int errorCode) {
        byEither(pair, status).hasTerminate(layer, errorType, errorCode);
    }

    /** The client's request ends before anything was sent. */
    static void byTheClient(final ConnectedPair pair, final CompletionStatus status) {
        byEither(pair, status).hasNoTerminate();
    }

    private static CompletionAssert byEither(final ConnectedPair pair, final CompletionStatus status) {
        final CompletionAssert completion =
            assertThat(pair.client().awaitSend()).hasStatus(status).isOf(pair.client().queuePair());
        assertThat(pair.client().queuePair().state()).isEqualTo(QueuePairState.ERROR);
        assertThat(pair.server().queuePair().state()).isEqualTo(QueuePairState.ERROR);
        assertThat(pair.client().bytes(0, Side.REGION_BYTES)).containsOnly(CLIENTS);
        assertThat(pair.server().bytes(0, Side.REGION_BYTES)).containsOnly(SERVERS);
        return completion;
    }
}
