package io.rnic.differential;

import io.rnic.differential.ModelQueuePair.Due;
import io.rnic.differential.ModelQueuePair.Flow;
import io.rnic.differential.ModelQueuePair.Posted;
import io.rnic.differential.ModelQueuePair.Waiting;
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
    private final Model.@Nullable Region[] regions;

    /** Keys stand for what is in {@code regions} when something is posted. */
    ModelPosting(final ModelTransfer transfer, final Model.@Nullable Region[] regions) {
        this.transfer = transfer;
        this.regions = regions;
    }

    private Model.Resolved resolve(final Request.Piece piece) {
        return new Model.Resolved(region(piece.key()), address(piece.place()), piece.length());
    }

    /** The region that a key stands for now. */
    private Model.@Nullable Region region(final Request.Key key) {
        final Model.Region region = key.kind() == Request.KeyKind.OWN ? regions[key.region()] : null;
        return region == null || region.closed ? null : region;
    }

    private long address(final Request.Place place) {
        final Model.Region region = place.region() == Request.NOWHERE ? null : regions[place.region()];
        return place.offset() + (region == null ? 0 : region.address());
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
        return new Posted(number, request, request.pieces().stream().map(this::resolve).toList(),
            region(request.rkey()), address(request.remote()));
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
        return valid ? null : RnicError.INVALID_ARGUMENT;
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
            if (result != ModelTransfer.DONE || request.signalled() || queuePair.limits.signalAll()) {
                queuePair.complete(false, new Due(posted.number(), request.wrId(), ModelTransfer.status(result),
                    opcode(request.opcode()), request.length(), Math.max(0, result), null));
            }
            if (result != ModelTransfer.DONE) {
                queuePair.fail();
            }
        }
    }

    private static CompletionOpcode opcode(final Opcode opcode) {
        return switch (opcode) {
            case SEND -> CompletionOpcode.SEND;
            case RDMA_WRITE -> CompletionOpcode.RDMA_WRITE;
            case RDMA_READ -> CompletionOpcode.RDMA_READ;
            default -> throw new IllegalArgumentException(opcode.toString());
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
                flow.waiting.add(new Waiting(flow.posted++, request,
                    request.pieces().stream().map(this::resolve).filter(piece -> piece.length() != 0).toList()));
            } else {
                result = Set.of(refusal + " at " + i);
            }
        }
        if (queuePair.state == QueuePairState.ERROR) {
            queuePair.flushReceives();
        }
        return result;
    }

    private static @Nullable RnicError refusal(final ModelQueuePair queuePair, final Request.Receive request) {
        if (queuePair.closed) {
            return RnicError.CLOSED;
        }
        if (queuePair.state == QueuePairState.RESET) {
            return RnicError.INVALID_STATE;
        }
        if (queuePair.receives.space() == 0) {
            return RnicError.QUEUE_FULL;
        }
        return request.pieces().size() <= queuePair.limits.receiveSges()
            && isLength(Request.length(request.pieces()), Integer.MAX_VALUE) ? null : RnicError.INVALID_ARGUMENT;
    }
}
