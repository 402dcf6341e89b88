package io.rnic.differential;

import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the model connects queue pairs and moves them from state to state. */
final class ModelConnections {
    private static final int MAX_PRIVATE = 508;
    private static final int MAX_READS = 128;

    private ModelConnections() {
    }

    static Set<String> connect(final Call.Connect call, final @Nullable ModelQueuePair client,
        final @Nullable ModelQueuePair server) {
        if (client == null || server == null) {
            return Model.NOTHING;
        }
        if (client.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        final boolean tooMuch = call.privateBytes() > MAX_PRIVATE;
        if (client.state != QueuePairState.INIT) {
            return Model.refused(RnicError.INVALID_STATE);
        }
        if (tooMuch) {
            return Model.refused(RnicError.INVALID_ARGUMENT);
        }
        if (client == server || server.closed || server.state != QueuePairState.INIT) {
            final RnicError why = client == server ? RnicError.INVALID_ARGUMENT
                : server.closed ? RnicError.CLOSED : RnicError.INVALID_STATE;
            return Set.of(why + " of accept");
        }
        client.state = QueuePairState.RTS;
        server.state = QueuePairState.RTS;
        client.peer = server;
        server.peer = client;
        final int reads = Math.min(client.ord, server.ird);
        final int answers = Math.min(client.ird, server.ord);
        client.agree(reads, answers);
        server.agree(answers, reads);
        return Model.OK;
    }

    static Set<String> disconnect(final @Nullable ModelQueuePair queuePair) {
        if (queuePair == null) {
            return Model.NOTHING;
        }
        if (queuePair.closed || (queuePair.state != QueuePairState.RTS && queuePair.state != QueuePairState.SQD)) {
            return Model.refused(queuePair.closed ? RnicError.CLOSED : RnicError.INVALID_STATE);
        }
        queuePair.fail(AsyncEventType.DISCONNECTED, AsyncEventType.DISCONNECTED);
        return Model.OK;
    }

    static Set<String> modify(final @Nullable ModelQueuePair queuePair, final QueuePairState target,
        final ModelPosting posting) {
        if (queuePair == null) {
            return Model.NOTHING;
        }
        if (queuePair.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        switch (target) {
            case ERROR -> queuePair.fail(AsyncEventType.DISCONNECTED, AsyncEventType.DISCONNECTED);
            case RESET -> {
                queuePair.leave(AsyncEventType.DISCONNECTED);
                queuePair.sends.forget();
                queuePair.forgetReceives();
                queuePair.state = QueuePairState.RESET;
                queuePair.ord = queuePair.limits.ord();
                queuePair.ird = queuePair.limits.ird();
            }
            case INIT -> {
                if (queuePair.state != QueuePairState.RESET) {
                    return Model.refused(RnicError.INVALID_STATE);
                }
                queuePair.state = QueuePairState.INIT;
            }
            case SQD -> {
                if (queuePair.state != QueuePairState.RTS) {
                    return Model.refused(RnicError.INVALID_STATE);
                }
                queuePair.state = QueuePairState.SQD;
                queuePair.tell(AsyncEventType.SQ_DRAINED);
            }
            case RTS -> {
                if (queuePair.state != QueuePairState.SQD) {
                    return Model.refused(RnicError.INVALID_STATE);
                }
                queuePair.state = QueuePairState.RTS;
                posting.drain(queuePair);
            }
        }
        return Model.OK;
    }

    static boolean isReads(final int number) {
        return number >= 0 && number <= MAX_READS;
    }

    static Set<String> changeReads(final @Nullable ModelQueuePair queuePair, final int ord, final int ird) {
        if (queuePair == null) {
            return Model.NOTHING;
        }
        if (ord == QueuePairChange.UNCHANGED && ird == QueuePairChange.UNCHANGED) {
            return queuePair.closed ? Set.of(RnicError.CLOSED.name(), RnicError.INVALID_ARGUMENT.name())
                : Model.refused(RnicError.INVALID_ARGUMENT);
        }
        final boolean isAgreed = queuePair.state == QueuePairState.SQD;
        if (queuePair.closed || (queuePair.state != QueuePairState.INIT && !isAgreed)) {
            return Model.refused(queuePair.closed ? RnicError.CLOSED : RnicError.INVALID_STATE);
        }
        final int newOrd = ord == QueuePairChange.UNCHANGED ? queuePair.ord : ord;
        final int newIrd = ird == QueuePairChange.UNCHANGED ? queuePair.ird : ird;
        if (!isReads(newOrd) || !isReads(newIrd) || (isAgreed && !queuePair.isAgreed(newOrd, newIrd))) {
            return Model.refused(RnicError.INVALID_ARGUMENT);
        }
        queuePair.ord = newOrd;
        queuePair.ird = newIrd;
        return Model.OK;
    }
}
