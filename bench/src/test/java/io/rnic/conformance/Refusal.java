package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.Refused;
import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;

/**
 * How a request is refused on the wire, by ending the connection and touching no byte; {@link Refused} has what is
 * refused at once.
 */
final class Refusal {
    private static final byte CLIENTS = 0x5a;
    private static final byte SERVERS = 0x77;

    private Refusal() {
    }

    /** Fills both regions, so that a byte placed anywhere shows. */
    static void mark(final ConnectedPair pair) {
        pair.client().memory().fill(CLIENTS);
        pair.server().memory().fill(SERVERS);
    }

    /** The peer refuses the client's request, whatever the link. */
    static void byTheServer(final ConnectedPair pair, final CompletionStatus status, final int layer,
        final int errorType, final int errorCode) {
        byTheServer(pair, pair.client().awaitSend(), status, layer, errorType, errorCode);
        expectUntouched(pair);
    }

    /** The same for a completion that was polled. */
    static void byTheServer(final ConnectedPair pair, final CompletedRequest completed, final CompletionStatus status,
        final int layer, final int errorType, final int errorCode) {
        ofRequest(pair, completed, pair.client().queuePair(), pair.server().queuePair(), status, layer, errorType,
            errorCode);
    }

    /**
     * The peer refuses a request by a Terminate, which is told on both sides. The request completes with it; over TCP a
     * Send or Write has completed before.
     */
    static void ofRequest(final ConnectedPair pair, final CompletedRequest completed, final QueuePair asking,
        final QueuePair refusing, final CompletionStatus status, final int layer, final int errorType,
        final int errorCode) {
        assertThat(completed).isOf(asking);
        if (completed.status() == CompletionStatus.SUCCESS && !pair.acknowledges()) {
            assertThat(completed.opcode()).isIn(CompletionOpcode.SEND, CompletionOpcode.RDMA_WRITE);
        } else {
            assertThat(completed).hasStatus(status).hasTerminate(layer, errorType, errorCode);
        }
        final int terminate = 0x10000 | layer << 12 | errorType << 8 | errorCode;
        final Diagnosis asked = Await.diagnosis(asking);
        assertThat(asked.terminate()).as("%s", asked).isEqualTo(terminate);
        assertThat(asked.byPeer()).isTrue();
        final Diagnosis refused = Await.diagnosis(refusing);
        assertThat(refused.terminate()).as("%s", refused).isEqualTo(terminate);
        assertThat(refused.byPeer()).isFalse();
    }

    /** The client's request ends before anything was sent. */
    static void byTheClient(final ConnectedPair pair, final CompletionStatus status) {
        assertThat(pair.client().awaitSend()).hasStatus(status).isOf(pair.client().queuePair()).hasNoTerminate();
        assertThat(pair.client().queuePair().state()).isEqualTo(QueuePairState.ERROR);
        pair.server().awaitState(QueuePairState.ERROR);
        expectUntouched(pair);
    }

    private static void expectUntouched(final ConnectedPair pair) {
        assertThat(pair.client().bytes(0, Side.REGION_BYTES)).containsOnly(CLIENTS);
        assertThat(pair.server().bytes(0, Side.REGION_BYTES)).containsOnly(SERVERS);
    }
}
