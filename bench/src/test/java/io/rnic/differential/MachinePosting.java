package io.rnic.differential;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes requests of what programs say, and posts them. */
final class MachinePosting {
    /** Of index 0, which no region has. */
    static final int UNKNOWN_KEY = 0x7F;

    private final @Nullable MemoryRegion[] regions;
    private final IntUnaryOperator windowKeys;

    /** Places lie in these regions; windows' keys are told by their slots. */
    MachinePosting(final @Nullable MemoryRegion[] regions, final IntUnaryOperator windowKeys) {
        this.regions = regions;
        this.windowKeys = windowKeys;
    }

    private int key(final Request.Key key) {
        final MemoryRegion region = regions[key.slot()];
        return switch (key.kind()) {
            case OWN -> region == null ? UNKNOWN_KEY : region.rkey();
            case STALE -> region == null ? UNKNOWN_KEY : region.rkey() ^ 0x55;
            case UNKNOWN -> UNKNOWN_KEY;
            case ZERO -> 0;
            case WINDOW -> windowKeys.applyAsInt(key.slot());
            case OLD_WINDOW -> (windowKeys.applyAsInt(key.slot()) & ~0xFF)
                | ((windowKeys.applyAsInt(key.slot()) - 1) & 0xFF);
        };
    }

    private long address(final Request.Place place) {
        final MemoryRegion region = place.region() == Request.NOWHERE ? null : regions[place.region()];
        return place.offset() + (region == null ? 0 : region.address());
    }

    void send(final QueuePair queuePair, final List<Request.Send> requests) {
        final SendRequest[] posted = new SendRequest[requests.size()];
        for (int i = 0; i < posted.length; i++) {
            posted[i] = toPost(requests.get(i));
        }
        if (posted.length == 1) {
            queuePair.postSend(posted[0]);
        } else {
            queuePair.postSend(posted, posted.length);
        }
    }

    private SendRequest toPost(final Request.Send request) {
        final SendRequest posted = new SendRequest();
        switch (request.opcode()) {
            case SEND -> posted.send(request.wrId());
            case RDMA_WRITE -> posted.write(request.wrId(), address(request.remote()), key(request.rkey()));
            case RDMA_READ -> posted.read(request.wrId(), address(request.remote()), key(request.rkey()));
            case SEND_WITH_IMMEDIATE -> posted.sendWithImmediate(request.wrId(), request.operand());
            case RDMA_WRITE_WITH_IMMEDIATE -> posted.writeWithImmediate(
                request.wrId(), address(request.remote()), key(request.rkey()), request.operand());
            case SEND_WITH_INVALIDATE -> posted.sendWithInvalidate(request.wrId(), key(request.rkey()));
            case LOCAL_INVALIDATE -> posted.localInvalidate(request.wrId(), key(request.rkey()));
            case ATOMIC_FETCH_AND_ADD -> posted.fetchAndAdd(
                request.wrId(), address(request.remote()), key(request.rkey()), request.operand());
            case ATOMIC_COMPARE_AND_SWAP -> posted.compareAndSwap(request.wrId(), address(request.remote()),
                key(request.rkey()), request.comparand(), request.operand());
            case BIND_MEMORY_WINDOW -> posted.start(Opcode.BIND_MEMORY_WINDOW, request.wrId(),
                address(request.remote()), MemoryWindow.nextKey(key(request.rkey())), 0)
                .operands(request.operand(), request.comparand());
        }
        for (final Request.Piece piece : request.pieces()) {
            posted.sge(address(piece.place()), piece.length(), key(piece.key()));
        }
        if (request.inline() != null) {
            posted.inline(MemorySegment.ofArray(request.inline().data()), 0, request.inline().length());
        }
        return posted.signalled(request.signalled()).solicited(request.solicited()).fenced(request.fenced());
    }

    void receive(final SharedReceiveQueue queue, final List<Request.Receive> requests) {
        final ReceiveRequest[] posted = toPost(requests);
        if (posted.length == 1) {
            queue.postReceive(posted[0]);
        } else {
            queue.postReceive(posted, posted.length);
        }
    }

    private ReceiveRequest[] toPost(final List<Request.Receive> requests) {
        final ReceiveRequest[] posted = new ReceiveRequest[requests.size()];
        for (int i = 0; i < posted.length; i++) {
            posted[i] = toPost(requests.get(i));
        }
        return posted;
    }

    void receive(final QueuePair queuePair, final List<Request.Receive> requests) {
        final ReceiveRequest[] posted = toPost(requests);
        if (posted.length == 1) {
            queuePair.postReceive(posted[0]);
        } else {
            queuePair.postReceive(posted, posted.length);
        }
    }

    /** By the region where that says the same, as applications do: short messages may go another way then. */
    private ReceiveRequest toPost(final Request.Receive request) {
        final ReceiveRequest posted = new ReceiveRequest().receive(request.wrId());
        for (final Request.Piece piece : request.pieces()) {
            final MemoryRegion region =
                piece.place().region() == Request.NOWHERE ? null : regions[piece.place().region()];
            if (region != null && piece.key().kind() == Request.KeyKind.OWN
                && piece.key().slot() == piece.place().region()) {
                posted.sge(region, piece.place().offset(), piece.length());
            } else {
                posted.sge(address(piece.place()), piece.length(), key(piece.key()));
            }
        }
        return posted;
    }
}
