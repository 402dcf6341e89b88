package io.rnic.differential;

import io.rnic.differential.Model.Resolved;
import io.rnic.differential.ModelMemory.Bytes;
import io.rnic.differential.ModelMemory.Span;
import io.rnic.differential.ModelQueuePair.Due;
import io.rnic.differential.ModelQueuePair.Message;
import io.rnic.differential.ModelQueuePair.Part;
import io.rnic.differential.ModelQueuePair.Posted;
import io.rnic.differential.ModelQueuePair.Waiting;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    /** A window could not be bound. */
    private static final int BIND = -3;
    /** There is no room for Reads and atomics. */
    private static final int NO_READS = -4;

    /** The peer answers none any more. */
    private static final int NO_ANSWERS = terminate(0, 2, 7);
    private static final int NO_BUFFER = terminate(1, 2, 2);
    private static final int TOO_LONG = terminate(1, 2, 5);
    private static final int RECEIVE_MEMORY = terminate(1, 0, 0);
    private static final int COMPLETION_LOST = terminate(1, 0, 0);

    private static final Bytes NO_BYTES = Bytes.of(new byte[0]);

    /** What a window may allow. */
    static final int REMOTE_ACCESS = Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);
    /** A bit that no region has. */
    private static final int NEVER = 1 << 20;

    private final ModelMemory memory;

    ModelTransfer(final ModelMemory memory) {
        this.memory = memory;
    }

    /** What a check of memory found, with the Terminate for a Write and for a Read (RFC 5040 §4.8). */
    private enum Check {
        OK(0, 0),
        STAG(terminate(1, 1, 0), terminate(0, 1, 0)),
        DOMAIN(terminate(1, 1, 2), terminate(0, 1, 3)),
        ACCESS(terminate(0, 1, 2), terminate(0, 1, 2)),
        WRAP(terminate(1, 1, 3), terminate(0, 1, 4)),
        BOUNDS(terminate(1, 1, 1), terminate(0, 1, 1)),
        /** Found by invalidations alone. */
        WINDOWS(0, 0);

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
            case BIND -> CompletionStatus.MEMORY_WINDOW_BIND_ERROR;
            case NO_READS -> CompletionStatus.LOCAL_QP_OPERATION_ERROR;
            default -> switch (result >> 8 & 0xFF) {
                case 0x01, 0x11 -> CompletionStatus.REMOTE_ACCESS_ERROR;
                case 0x12 -> CompletionStatus.REMOTE_INVALID_REQUEST_ERROR;
                default -> CompletionStatus.REMOTE_OPERATION_ERROR;
            };
        };
    }

    /** What the peer's owner is told of a request that ended so. */
    static AsyncEventType eventOfPeer(final int result) {
        if (result <= DONE) {
            return AsyncEventType.DISCONNECTED;
        }
        return switch (result >> 8 & 0xFF) {
            case 0x01, 0x11 -> AsyncEventType.QP_ACCESS_ERR;
            case 0x02, 0x12 -> AsyncEventType.QP_REQ_ERR;
            default -> AsyncEventType.QP_FATAL;
        };
    }

    private static Check check(final @Nullable ModelRegion region, final Model.Domain domain, final int access,
        final long address, final long length) {
        if (region == null || region.closed || region.invalidated) {
            return Check.STAG;
        }
        if (region.domain != domain) {
            return Check.DOMAIN;
        }
        if ((region.access & access) != access) {
            return Check.ACCESS;
        }
        if (Long.compareUnsigned(address + length - 1, address) < 0) {
            return Check.WRAP;
        }
        return region.holds(address, length) ? Check.OK : Check.BOUNDS;
    }

    /** What the queue pair denies no region allows. */
    private static Check checkRemote(final ModelQueuePair peer, final @Nullable ModelRegion region, final Access access,
        final long address, final long length) {
        final boolean denied = (peer.limits.access() & access.bit()) == 0;
        return check(region, peer.domain, denied ? NEVER : access.bit(), address, length);
    }

    private static boolean isAllowed(final Resolved piece, final Model.Domain domain, final int access) {
        final boolean isWindow = piece.region() != null && piece.region().isWindow; // those are for the peer alone
        return !isWindow && check(piece.region(), domain, access, piece.address(), piece.length()) == Check.OK;
    }

    /** Where a piece lies that was checked. */
    private static Span span(final @Nullable ModelRegion region, final long address, final int length) {
        final int of = Objects.requireNonNull(region).memory;
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
        final int access = isRead(request.opcode()) ? Access.LOCAL_WRITE.bit() : 0;
        if (isRead(request.opcode()) && queuePair.ord == 0) {
            return NO_READS;
        }
        for (final Resolved piece : posted.pieces()) {
            if (piece.length() != 0) {
                if (!isAllowed(piece, queuePair.domain, access)) {
                    return LOCAL;
                }
                spans.add(span(piece.region(), piece.address(), piece.length()));
            }
        }
        if (isRead(request.opcode()) && peer.ird == 0) {
            return NO_ANSWERS;
        }
        return switch (request.opcode()) {
            case SEND, SEND_WITH_IMMEDIATE, SEND_WITH_INVALIDATE -> send(peer, posted, source(request, spans));
            case RDMA_WRITE -> write(peer, source(request, spans), posted.remote(), posted.remoteAddress());
            case RDMA_WRITE_WITH_IMMEDIATE -> writeWithImmediate(peer, posted, source(request, spans));
            case RDMA_READ -> read(peer, spans, posted.remote(), posted.remoteAddress());
            case ATOMIC_FETCH_AND_ADD, ATOMIC_COMPARE_AND_SWAP -> atomic(peer, posted, spans);
            case LOCAL_INVALIDATE -> invalidate(posted.remote(), queuePair.domain) == Check.OK ? DONE : LOCAL;
            case BIND_MEMORY_WINDOW -> bind(queuePair.domain, posted) ? DONE : BIND;
        };
    }

    /** Whether it brings something back. */
    private static boolean isRead(final Opcode opcode) {
        return switch (opcode) {
            case RDMA_READ, ATOMIC_FETCH_AND_ADD, ATOMIC_COMPARE_AND_SWAP -> true;
            default -> false;
        };
    }

    private static boolean bind(final Model.Domain domain, final Posted posted) {
        final ModelWindow window = posted.window();
        if (window == null || window.closed || window.domain != domain || posted.windowKey() == window.key) {
            return false;
        }
        final long length = posted.request().operand();
        if (length == 0) {
            window.rekey(posted.windowKey());
            return true;
        }
        final ModelRegion region = posted.pieces().getFirst().region();
        final int access = (int) posted.request().comparand();
        if (region == null || region.isWindow || check(region, domain, ModelRegion.neededToBind(access),
            posted.remoteAddress(), length) != Check.OK) {
            return false;
        }
        window.rekey(posted.windowKey());
        window.binding.bind(region, posted.remoteAddress(), length, access);
        return true;
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

    /** Makes an STag invalid, but no region to which windows are bound; that it is so already is no error. */
    private static Check invalidate(final @Nullable ModelRegion region, final Model.Domain domain) {
        if (region == null || region.closed) {
            return Check.STAG;
        }
        if (region.domain != domain) {
            return Check.DOMAIN;
        }
        if (region.windows != 0) {
            return Check.WINDOWS;
        }
        region.invalidate();
        return Check.OK;
    }

    /** The peer may make invalid only what it may use at all; 0, or the Terminate. */
    private static int invalidateRemotely(final @Nullable ModelRegion region, final Model.Domain domain) {
        if (region != null && !region.closed && region.domain == domain
            && !region.isRemotelyInvalidated()) {
            return terminate(0, 1, 9);
        }
        return switch (invalidate(region, domain)) {
            case OK -> DONE;
            case STAG, WINDOWS -> terminate(0, 2, 9);
            default -> terminate(0, 1, 9);
        };
    }

    private int send(final ModelQueuePair peer, final Posted posted, final Source source) {
        final Waiting waiting = peer.take();
        if (waiting == null) {
            return NO_BUFFER;
        }
        final int length = source.length();
        final List<Part> parts = new ArrayList<>();
        final Request.Send request = posted.request();
        final int refused = scatter(peer, waiting, length, parts);
        final List<Span> target = parts.stream().map(Part::span).toList();
        if (readable(source) < target.stream().mapToInt(Span::length).sum()) {
            memory.spoil(target);
            peer.giveBack(waiting);
            return LOCAL;
        }
        if (refused != DONE) {
            memory.spoil(target);
            peer.complete(true, new Due(waiting.number(), waiting.receive().wrId(), refused == TOO_LONG
                ? CompletionStatus.LOCAL_LENGTH_ERROR : CompletionStatus.LOCAL_PROTECTION_ERROR,
                CompletionOpcode.RECEIVE, 0, refused));
            return refused;
        }
        final Bytes bytes = source.inline != null ? source.inline : memory.read(source.spans);
        if (ModelMemory.isUnordered(source.spans, target)) {
            Arrays.fill(bytes.open, true);
        }
        final boolean invalidates = request.opcode() == Opcode.SEND_WITH_INVALIDATE;
        final int invalidation = invalidates ? invalidateRemotely(posted.remote(), peer.domain) : DONE;
        if (invalidation != DONE) {
            memory.spoil(target);
            peer.giveBack(waiting);
            return invalidation;
        }
        final Due due = new Due(waiting.number(), waiting.receive().wrId(), CompletionStatus.SUCCESS,
            CompletionOpcode.RECEIVE, length, 0, message(parts, bytes),
            request.opcode() == Opcode.SEND_WITH_IMMEDIATE ? request.operand() : null,
            invalidates ? Machine.stagSlot(request.rkey()) : Machine.NO_STAG);
        if (!peer.complete(true, due)) {
            memory.spoil(target); // the message may have gone with its completion
            return COMPLETION_LOST;
        }
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
    private int scatter(final ModelQueuePair peer, final Waiting waiting, final int length,
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
            if (memory.isGone(span.memory())) {
                return RECEIVE_MEMORY;
            }
            parts.add(new Part(Objects.requireNonNull(piece.region()), span, NO_BYTES));
            left -= span.length();
        }
        return left == 0 ? DONE : TOO_LONG;
    }

    /** First the bytes are written, then a receive is taken for the immediate data. */
    private int writeWithImmediate(final ModelQueuePair peer, final Posted posted, final Source source) {
        final int written = write(peer, source, posted.remote(), posted.remoteAddress());
        if (written != DONE) {
            return written;
        }
        final Waiting waiting = peer.take();
        if (waiting == null) {
            return NO_BUFFER;
        }
        return peer.complete(true, new Due(waiting.number(), waiting.receive().wrId(), CompletionStatus.SUCCESS,
            CompletionOpcode.RECEIVE_RDMA_WITH_IMMEDIATE, source.length(), 0, null, posted.request().operand(),
            Machine.NO_STAG)) ? DONE : COMPLETION_LOST;
    }

    private int write(final ModelQueuePair peer, final Source source, final @Nullable ModelRegion remote,
        final long address) {
        final int length = source.length();
        if (length == 0) {
            return DONE;
        }
        final Check check = checkRemote(peer, remote, Access.REMOTE_WRITE, address, length);
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
    private void spoilBegin(final Source source, final ModelQueuePair peer, final @Nullable ModelRegion remote,
        final long address) {
        long at = address;
        for (final Span span : source.spans) {
            if (checkRemote(peer, remote, Access.REMOTE_WRITE, at, span.length()) != Check.OK) {
                return;
            }
            memory.spoil(List.of(span(remote, at, span.length())));
            at += span.length();
        }
    }

    private int firstRefusal(final Source source, final ModelQueuePair peer, final @Nullable ModelRegion remote,
        final long address) {
        if (source.inline != null) {
            return checkRemote(peer, remote, Access.REMOTE_WRITE, address, source.length()).ofWrite;
        }
        long at = address;
        for (final Span span : source.spans) {
            final Check check = checkRemote(peer, remote, Access.REMOTE_WRITE, at, span.length());
            if (check != Check.OK) {
                return check.ofWrite;
            }
            // The memory behind an earlier segment may be gone.
            if (memory.isGone(Objects.requireNonNull(remote).memory)) {
                return Check.STAG.ofWrite;
            }
            if (memory.isGone(span.memory())) {
                return LOCAL;
            }
            at += span.length();
        }
        throw new IllegalStateException("every segment fits, but the whole does not");
    }

    private int read(final ModelQueuePair peer, final List<Span> sink, final @Nullable ModelRegion remote,
        final long address) {
        if (sink.isEmpty()) {
            return DONE;
        }
        final int length = sink.getFirst().length();
        final Check check = checkRemote(peer, remote, Access.REMOTE_READ, address, length);
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

    /** The original value is put to the sink after the target has changed. */
    private int atomic(final ModelQueuePair peer, final Posted posted, final List<Span> sink) {
        final long address = posted.remoteAddress();
        final Check check = checkRemote(peer, posted.remote(), Access.REMOTE_ATOMIC, address, Long.BYTES);
        if (check != Check.OK) {
            return check.ofRead;
        }
        if (address % Long.BYTES != 0) {
            return terminate(0, 2, 7);
        }
        final List<Span> target = List.of(span(posted.remote(), address, Long.BYTES));
        if (isGone(target)) {
            return Check.STAG.ofRead;
        }
        final Bytes original = memory.read(target);
        memory.write(target, changed(original, posted.request()));
        if (isGone(sink)) {
            return LOCAL;
        }
        memory.write(sink, original);
        return DONE;
    }

    private static Bytes changed(final Bytes original, final Request.Send request) {
        final ByteBuffer value = ByteBuffer.wrap(original.values.clone()).order(ByteOrder.nativeOrder());
        final boolean adds = request.opcode() == Opcode.ATOMIC_FETCH_AND_ADD;
        if (adds) {
            value.putLong(0, value.getLong(0) + request.operand());
        } else if (value.getLong(0) == request.comparand()) {
            value.putLong(0, request.operand());
        }
        final Bytes changed = Bytes.of(value.array());
        for (int i = 0; i < Long.BYTES; i++) {
            if (original.open[i]) {
                Arrays.fill(changed.open, true);
            }
        }
        return changed;
    }

    /** A region is deregistered: what has come for it is placed, and nothing is placed any more. */
    void settle(final ModelQueuePair queuePair, final ModelRegion region) {
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
