package io.rnic.differential;

import io.rnic.differential.Model.Region;
import io.rnic.differential.Model.Resolved;
import io.rnic.differential.ModelMemory.Bytes;
import io.rnic.differential.ModelMemory.Span;
import io.rnic.differential.ModelQueuePair.Due;
import io.rnic.differential.ModelQueuePair.Message;
import io.rnic.differential.ModelQueuePair.Part;
import io.rnic.differential.ModelQueuePair.Posted;
import io.rnic.differential.ModelQueuePair.Waiting;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the model does a send request: checks, moves bytes, and says how it ended. */
final class ModelTransfer {
    static final int DONE = 0;
    /** Local memory did not allow it. */
    static final int LOCAL = -1;
    /** The connection is gone. */
    static final int LOST = -2;

    private static final int NO_BUFFER = terminate(1, 2, 2);
    private static final int TOO_LONG = terminate(1, 2, 5);
    private static final int RECEIVE_MEMORY = terminate(1, 0, 0);

    private static final Bytes NO_BYTES = Bytes.of(new byte[0]);

    /** What only its own side reaches: nothing of this. */
    private static final int REMOTE =
        Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC, Access.MW_BIND);
    /** The longest message that a completion carries. */
    private static final int SHORT_BYTES = 40;

    private final ModelMemory memory;
    private final boolean shortMessagesWait;

    ModelTransfer(final ModelMemory memory, final boolean shortMessagesWait) {
        this.memory = memory;
        this.shortMessagesWait = shortMessagesWait;
    }

    /** What a check of memory found, with the Terminate for a Write and for a Read (RFC 5040 §4.8). */
    private enum Check {
        OK(0, 0),
        STAG(terminate(1, 1, 0), terminate(0, 1, 0)),
        DOMAIN(terminate(1, 1, 2), terminate(0, 1, 3)),
        ACCESS(terminate(0, 1, 2), terminate(0, 1, 2)),
        WRAP(terminate(1, 1, 3), terminate(0, 1, 4)),
        BOUNDS(terminate(1, 1, 1), terminate(0, 1, 1));

        private final int ofWrite;
        private final int ofRead;

        Check(final int ofWrite, final int ofRead) {
            this.ofWrite = ofWrite;
            this.ofRead = ofRead;
        }
    }

    private static int terminate(final int layer, final int type, final int code) {
        return 0x10000 | layer << 12 | type << 8 | code;
    }

    static CompletionStatus status(final int result) {
        return switch (result) {
            case DONE -> CompletionStatus.SUCCESS;
            case LOCAL -> CompletionStatus.LOCAL_PROTECTION_ERROR;
            case LOST -> CompletionStatus.FLUSHED;
            default -> switch (result >> 8 & 0xFF) {
                case 0x01, 0x11 -> CompletionStatus.REMOTE_ACCESS_ERROR;
                case 0x12 -> CompletionStatus.REMOTE_INVALID_REQUEST_ERROR;
                default -> CompletionStatus.REMOTE_OPERATION_ERROR;
            };
        };
    }

    private static Check check(final @Nullable Region region, final Model.Domain domain, final int access,
        final long address, final long length) {
        if (region == null || region.closed) {
            return Check.STAG;
        }
        if (region.domain != domain) {
            return Check.DOMAIN;
        }
        if ((region.call.access() & access) != access) {
            return Check.ACCESS;
        }
        if (Long.compareUnsigned(address + length - 1, address) < 0) {
            return Check.WRAP;
        }
        final long offset = address - region.address();
        return offset >= 0 && offset + length <= region.call.length() ? Check.OK : Check.BOUNDS;
    }

    private static boolean isAllowed(final Resolved piece, final Model.Domain domain, final int access) {
        return check(piece.region(), domain, access, piece.address(), piece.length()) == Check.OK;
    }

    /** Where a piece lies that was checked. */
    private static Span span(final @Nullable Region region, final long address, final int length) {
        final int of = Objects.requireNonNull(region).call.memory();
        return new Span(of, (int) (address - Model.base(of)), length);
    }

    private boolean isGone(final List<Span> spans) {
        return spans.stream().anyMatch(span -> memory.isGone(span.memory()));
    }

    /** Does a request in RTS; below 0 a local error, above 0 the Terminate. */
    int execute(final ModelQueuePair queuePair, final Posted posted) {
        final Request.Send request = posted.request();
        final ModelQueuePair peer = Objects.requireNonNull(queuePair.peer);
        final List<Span> spans = new ArrayList<>();
        final int access = request.opcode() == Opcode.RDMA_READ ? Access.LOCAL_WRITE.bit() : 0;
        for (final Resolved piece : posted.pieces()) {
            if (piece.length() != 0) {
                if (!isAllowed(piece, queuePair.domain, access)) {
                    return LOCAL;
                }
                spans.add(span(piece.region(), piece.address(), piece.length()));
            }
        }
        return switch (request.opcode()) {
            case SEND -> send(peer, source(request, spans));
            case RDMA_WRITE -> write(peer, source(request, spans), posted.remote(), posted.remoteAddress());
            case RDMA_READ -> read(peer, spans, posted.remote(), posted.remoteAddress());
            default -> throw new IllegalArgumentException(request.toString());
        };
    }

    /** What is sent: memory, or the request's own bytes. */
    private record Source(List<Span> spans, @Nullable Bytes inline) {
        int length() {
            return inline != null ? inline.values.length : spans.stream().mapToInt(Span::length).sum();
        }
    }

    private static Source source(final Request.Send request, final List<Span> spans) {
        return new Source(spans, request.inline() == null ? null : Bytes.of(request.inline().data()));
    }

    private int send(final ModelQueuePair peer, final Source source) {
        final Waiting waiting = peer.receives.waiting.poll();
        if (waiting == null) {
            return NO_BUFFER;
        }
        final int length = source.length();
        final List<Part> parts = new ArrayList<>();
        final int refused = scatter(peer, waiting, length, source.spans.size() <= 1, parts);
        final List<Span> target = parts.stream().map(Part::span).toList();
        if (readable(source) < target.stream().mapToInt(Span::length).sum()) {
            memory.spoil(target);
            peer.receives.waiting.push(waiting);
            return LOCAL;
        }
        if (refused != DONE) {
            memory.spoil(target);
            peer.complete(true, new Due(waiting.number(), waiting.receive().wrId(), refused == TOO_LONG
                ? CompletionStatus.LOCAL_LENGTH_ERROR : CompletionStatus.LOCAL_PROTECTION_ERROR,
                CompletionOpcode.RECEIVE, 0, refused, null));
            return refused;
        }
        final Bytes bytes = source.inline != null ? source.inline : memory.read(source.spans);
        if (ModelMemory.isUnordered(source.spans, target)) {
            Arrays.fill(bytes.open, true);
        }
        peer.complete(true, new Due(waiting.number(), waiting.receive().wrId(), CompletionStatus.SUCCESS,
            CompletionOpcode.RECEIVE, length, 0, message(parts, bytes)));
        return DONE;
    }

    /** How many bytes come before memory that is gone. */
    private int readable(final Source source) {
        int readable = 0;
        for (final Span span : source.spans) {
            if (memory.isGone(span.memory())) {
                return readable;
            }
            readable += span.length();
        }
        return Integer.MAX_VALUE;
    }

    private Message message(final List<Part> parts, final Bytes bytes) {
        final Message message =
            new Message(memory.arrive(parts.stream().map(Part::span).toList(), bytes), new ArrayList<>());
        int at = 0;
        for (final Part part : parts) {
            message.parts().add(new Part(part.region(), part.span(), bytes.slice(at, part.span().length())));
            at += part.span().length();
        }
        return message;
    }

    /** Fills the receive's pieces in order; each that bytes reach must be whole and writable. */
    private int scatter(final ModelQueuePair peer, final Waiting waiting, final int length, final boolean whole,
        final List<Part> parts) {
        int left = length;
        for (final Resolved piece : waiting.pieces()) {
            if (left == 0) {
                break;
            }
            if (!isAllowed(piece, peer.domain, Access.LOCAL_WRITE.bit())) {
                return RECEIVE_MEMORY;
            }
            final Span span = span(piece.region(), piece.address(), Math.min(left, piece.length()));
            if (memory.isGone(span.memory()) && !(whole && isLeftInCompletion(waiting, length))) {
                return RECEIVE_MEMORY;
            }
            parts.add(new Part(Objects.requireNonNull(piece.region()), span, NO_BYTES));
            left -= span.length();
        }
        return left == 0 ? DONE : TOO_LONG;
    }

    /** The NIC does not look at such a message's memory: that it is gone shows to nobody. */
    private boolean isLeftInCompletion(final Waiting waiting, final int length) {
        final Request.Piece first = waiting.receive().pieces().getFirst();
        final Region region = waiting.pieces().getFirst().region();
        return shortMessagesWait && length <= SHORT_BYTES && length <= first.length()
            && first.key().equals(new Request.Key(Request.KeyKind.OWN, first.place().region())) && region != null
            && (region.call.access() & REMOTE) == 0;
    }

    private int write(final ModelQueuePair peer, final Source source, final @Nullable Region remote,
        final long address) {
        final int length = source.length();
        if (length == 0) {
            return DONE;
        }
        final Check check = check(remote, peer.domain, Access.REMOTE_WRITE.bit(), address, length);
        if (check != Check.OK) {
            spoilBegin(source, peer, remote, address);
            return firstRefusal(source, peer, remote, address);
        }
        final List<Span> target = List.of(span(remote, address, length));
        if (isGone(target)) {
            return Check.STAG.ofWrite;
        }
        if (isGone(source.spans)) {
            memory.spoil(target);
            return LOCAL;
        }
        if (source.inline != null) {
            memory.write(target, source.inline);
        } else {
            memory.move(source.spans, target);
        }
        return DONE;
    }

    /** Segments are checked one by one: those before the first that is refused may be placed. */
    private void spoilBegin(final Source source, final ModelQueuePair peer, final @Nullable Region remote,
        final long address) {
        long at = address;
        for (final Span span : source.spans) {
            if (check(remote, peer.domain, Access.REMOTE_WRITE.bit(), at, span.length()) != Check.OK) {
                return;
            }
            memory.spoil(List.of(span(remote, at, span.length())));
            at += span.length();
        }
    }

    private int firstRefusal(final Source source, final ModelQueuePair peer, final @Nullable Region remote,
        final long address) {
        if (source.inline != null) {
            return check(remote, peer.domain, Access.REMOTE_WRITE.bit(), address, source.length()).ofWrite;
        }
        long at = address;
        for (final Span span : source.spans) {
            final Check check = check(remote, peer.domain, Access.REMOTE_WRITE.bit(), at, span.length());
            if (check != Check.OK) {
                return check.ofWrite;
            }
            // The memory behind an earlier segment may be gone.
            if (memory.isGone(Objects.requireNonNull(remote).call.memory())) {
                return Check.STAG.ofWrite;
            }
            if (memory.isGone(span.memory())) {
                return LOCAL;
            }
            at += span.length();
        }
        throw new IllegalStateException("every segment fits, but the whole does not");
    }

    private int read(final ModelQueuePair peer, final List<Span> sink, final @Nullable Region remote,
        final long address) {
        if (sink.isEmpty()) {
            return DONE;
        }
        final int length = sink.getFirst().length();
        final Check check = check(remote, peer.domain, Access.REMOTE_READ.bit(), address, length);
        if (check != Check.OK) {
            return check.ofRead;
        }
        final List<Span> source = List.of(span(remote, address, length));
        if (isGone(sink)) {
            return LOCAL;
        }
        if (isGone(source)) {
            return Check.STAG.ofRead;
        }
        memory.move(source, sink);
        return DONE;
    }

    /** A region is deregistered: what has come for it is placed, and nothing is placed any more. */
    void settle(final ModelQueuePair queuePair, final Region region) {
        for (final Due due : queuePair.receives.due) {
            if (due.message() != null) {
                settle(due.message(), due.message().parts().stream().filter(part -> part.region() == region).toList());
            }
        }
    }

    /** The completion of a message is polled: all of it is placed. */
    void settle(final Message message) {
        settle(message, List.copyOf(message.parts()));
    }

    private void settle(final Message message, final List<Part> parts) {
        for (final Part part : parts) {
            memory.settle(part.span(), part.bytes(), message.number());
        }
        message.parts().removeAll(parts);
    }
}
