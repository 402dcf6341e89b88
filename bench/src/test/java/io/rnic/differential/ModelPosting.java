package io.rnic.differential;

import io.rnic.differential.ModelQueuePair.Due;
import io.rnic.differential.ModelQueuePair.Flow;
import io.rnic.differential.ModelQueuePair.Posted;
import io.rnic.differential.ModelQueuePair.Waiting;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the model takes what is posted: refuses what may not be, does sends at once, keeps receives. */
final class ModelPosting {
    private final ModelTransfer transfer;
    private final ModelRegions regions;

    /** Keys stand for what is in {@code regions} when something is posted. */
    ModelPosting(final ModelTransfer transfer, final ModelRegions regions) {
        this.transfer = transfer;
        this.regions = regions;
    }

    private Model.Resolved resolve(final Request.Piece piece) {
        return new Model.Resolved(
            regions.named(piece.key()), regions.address(piece.place()), piece.length());
    }

    Set<String> send(final @Nullable ModelQueuePair queuePair, final List<Request.Send> requests) {
        if (queuePair == null) {
            return Model.NOTHING;
        }
        final Flow flow = queuePair.sends;
        Set<String> result = Model.OK;
        int posted = 0;
        while (posted < requests.size() && result.equals(Model.OK)) {
            final RnicError refusal = refusal(queuePair, requests.get(posted));
            if (refusal == null) {
                flow.posts.add(post(requests.get(posted), flow.posted++));
                posted++;
            } else {
                result = Set.of(refusal + " at " + posted);
            }
        }
        drain(queuePair);
        return result;
    }

    private Posted post(final Request.Send request, final long number) {
        final ModelWindow window =
            request.opcode() == Opcode.BIND_MEMORY_WINDOW ? regions.window(request.rkey()) : null;
        return new Posted(number, request, request.pieces().stream().map(this::resolve).toList(),
            regions.named(request.rkey()), regions.address(request.remote()), window, window == null ? 0
            : window.key + 1);
    }

    private static @Nullable RnicError refusal(final ModelQueuePair queuePair, final Request.Send request) {
        if (queuePair.closed) {
            return RnicError.CLOSED;
        }
        if (queuePair.state == QueuePairState.RESET || queuePair.state == QueuePairState.INIT) {
            return RnicError.INVALID_STATE;
        }
        if (queuePair.sends.space() == 0) {
            return RnicError.QUEUE_FULL;
        }
        final boolean valid = request.inline() == null
            ? request.pieces().size() <= (request.opcode() == Opcode.RDMA_READ ? 1 : queuePair.limits.sendSges())
                && isLength(request.length(), Integer.MAX_VALUE)
            : request.opcode() != Opcode.RDMA_READ && request.pieces().isEmpty()
                && isLength(request.length(), queuePair.limits.inline());
        return valid && isOfItsKind(request) ? null : RnicError.INVALID_ARGUMENT;
    }

    /** Atomics take one piece for the original value, an invalidation takes no memory. */
    private static boolean isOfItsKind(final Request.Send request) {
        return switch (request.opcode()) {
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD ->
                request.pieces().size() == 1 && request.length() == Long.BYTES;
            case LOCAL_INVALIDATE -> request.pieces().isEmpty() && request.inline() == null;
            case BIND_MEMORY_WINDOW -> request.pieces().size() == 1 && request.length() == 0
                && request.operand() >= 0 && (request.comparand() & ~ModelTransfer.REMOTE_ACCESS) == 0;
            default -> true;
        };
    }

    private static boolean isLength(final long length, final int max) {
        return length >= 0 && length <= max;
    }

    /** Does what waits in the send queue, if its state lets it go on. */
    void drain(final ModelQueuePair queuePair) {
        while (queuePair.state != QueuePairState.SQD && !queuePair.sends.posts.isEmpty()) {
            final Posted posted = queuePair.sends.posts.remove();
            final int result = queuePair.state == QueuePairState.ERROR ? ModelTransfer.LOST
                : transfer.execute(queuePair, posted);
            final Request.Send request = posted.request();
            final boolean isReported = result != ModelTransfer.DONE || request.signalled()
                || queuePair.limits.signalAll();
            final boolean isLost = isReported && !queuePair.complete(false, new Due(posted.number(), request.wrId(),
                ModelTransfer.status(result), opcode(request.opcode()), request.length(), Math.max(0, result)));
            if (result != ModelTransfer.DONE || isLost) {
                queuePair.fail(AsyncEventType.QP_FATAL, ModelTransfer.eventOfPeer(result));
            }
        }
    }

    private static CompletionOpcode opcode(final Opcode opcode) {
        return switch (opcode) {
            case SEND -> CompletionOpcode.SEND;
            case RDMA_WRITE -> CompletionOpcode.RDMA_WRITE;
            case RDMA_READ -> CompletionOpcode.RDMA_READ;
            case RDMA_WRITE_WITH_IMMEDIATE -> CompletionOpcode.RDMA_WRITE;
            case SEND_WITH_IMMEDIATE, SEND_WITH_INVALIDATE -> CompletionOpcode.SEND;
            case ATOMIC_COMPARE_AND_SWAP -> CompletionOpcode.ATOMIC_COMPARE_AND_SWAP;
            case ATOMIC_FETCH_AND_ADD -> CompletionOpcode.ATOMIC_FETCH_AND_ADD;
            case LOCAL_INVALIDATE -> CompletionOpcode.LOCAL_INVALIDATE;
            case BIND_MEMORY_WINDOW -> CompletionOpcode.BIND_MEMORY_WINDOW;
        };
    }

    Set<String> receive(final @Nullable ModelQueuePair queuePair, final List<Request.Receive> requests) {
        if (queuePair == null) {
            return Model.NOTHING;
        }
        final Flow flow = queuePair.receives;
        Set<String> result = Model.OK;
        for (int i = 0; i < requests.size() && result.equals(Model.OK); i++) {
            final Request.Receive request = requests.get(i);
            final RnicError refusal = refusal(queuePair, request);
            if (refusal == null) {
                flow.waiting.add(wait(request, flow.posted++));
            } else {
                result = Set.of(refusal + " at " + i);
            }
        }
        if (queuePair.state == QueuePairState.ERROR) {
            queuePair.flushReceives();
        }
        return result;
    }

    private Waiting wait(final Request.Receive request, final long number) {
        return new Waiting(number, request,
            request.pieces().stream().map(this::resolve).filter(piece -> piece.length() != 0).toList());
    }

    /** Receives for whichever queue pair gets a message. */
    Set<String> receive(final Model.@Nullable Shared shared, final List<Request.Receive> requests) {
        if (shared == null) {
            return Model.NOTHING;
        }
        for (int i = 0; i < requests.size(); i++) {
            final Request.Receive request = requests.get(i);
            final RnicError refusal = shared.closed ? RnicError.CLOSED : shared.space() == 0 ? RnicError.QUEUE_FULL
                : isReceive(request, shared.sges) ? null : RnicError.INVALID_ARGUMENT;
            if (refusal != null) {
                return Set.of(refusal + " at " + i);
            }
            shared.waiting.add(wait(request, 0));
        }
        return Model.OK;
    }

    private static boolean isReceive(final Request.Receive request, final int sges) {
        return request.pieces().size() <= sges && isLength(Request.length(request.pieces()), Integer.MAX_VALUE);
    }

    private static @Nullable RnicError refusal(final ModelQueuePair queuePair, final Request.Receive request) {
        if (queuePair.closed) {
            return RnicError.CLOSED;
        }
        if (queuePair.state == QueuePairState.RESET) {
            return RnicError.INVALID_STATE;
        }
        if (queuePair.shared != null) {
            return RnicError.INVALID_ARGUMENT;
        }
        if (queuePair.receives.space() == 0) {
            return RnicError.QUEUE_FULL;
        }
        return isReceive(request, queuePair.limits.receiveSges()) ? null : RnicError.INVALID_ARGUMENT;
    }
}
