package io.rnic.emu.queue;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SegmentCopy;
import io.rnic.verbs.Access;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;

/**
 * The host's half of a send queue: writes slots, remembers the application's numbers, rings, frees slots by what was
 * polled. Any thread may post, one at a time; {@link #retire} may run at the same time in another one.
 */
public final class SendQueue extends PostedRequests {
    private static final int RTS = QueuePairState.RTS.code();
    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();
    private static final int READ = Opcode.RDMA_READ.code();
    private static final long REMOTE = Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);

    private final MemorySegment segment;
    private final long slots;
    private final long page;
    private final QueueShape shape;
    private final Doorbell doorbell;
    /** Whether what was pushed has left something to settle when the lock is free. */
    private boolean unsettled;

    SendQueue(final QueueBlocks blocks, final QueueShape shape, final Doorbell doorbell) {
        super(shape.limits().maxSendRequests(), doorbell.sendLock());
        this.shape = shape;
        this.doorbell = doorbell;
        segment = blocks.send().segment();
        slots = blocks.send().address();
        page = blocks.doorbell().address();
    }

    /** What the NIC says of the queue pair's state; RESET when it is closed: its memory may be another's then. */
    QueuePairState state() {
        lock.lock();
        try {
            return closed ? QueuePairState.RESET : QueuePairState.of(stateCode());
        } finally {
            lock.unlock();
        }
    }

    private int stateCode() {
        return Words.getIntVolatile(page + DoorbellLayout.STATE);
    }

    /** Posts one request; the code says whether it was. */
    public PostResult post(final SendRequest request) {
        begin();
        try {
            if (closed) {
                return PostResult.CLOSED;
            }
            if (added(push(request))) {
                return PostResult.OK;
            }
            if (request.opcode() == Opcode.SEND) {
                doorbell.expectSend();
            }
            return enqueue(request, stateCode());
        } finally {
            end();
        }
    }

    /**
     * Posts the first {@code count} requests until one is refused, and rings once for what was not pushed; see {@link
     * PostLists#outcome}.
     */
    public long post(final SendRequest[] requests, final int count) {
        int posted = 0;
        PostResult result = PostResult.OK;
        begin();
        try {
            if (count > 0 && requests[0].opcode() == Opcode.SEND) {
                expectSend();
            }
            while (posted < count && result == PostResult.OK) {
                posted = repeat(requests, posted, count);
                if (posted < count) {
                    result = addOfList(requests[posted]);
                    posted += result == PostResult.OK ? 1 : 0;
                }
            }
        } finally {
            end();
        }
        return PostLists.outcome(posted, result);
    }

    /** Begins a list of requests; between here and {@link #end} nobody else posts any. */
    public void begin() {
        lock.lock();
    }

    /** The first of the list will be a Send; behind {@link #begin}, before anything is added. */
    public void expectSend() {
        if (!closed) {
            doorbell.expectSend();
        }
    }

    /** Adds a request to the list; the code says whether it was. */
    public PostResult add(final SendRequest request) {
        if (closed) {
            return PostResult.CLOSED;
        }
        return isPushed(request) ? PostResult.OK : enqueue(request, stateCode());
    }

    /** The same for one of a list that is given as a whole, and often comes again. */
    private PostResult addOfList(final SendRequest request) {
        if (closed) {
            return PostResult.CLOSED;
        }
        return isPushed(request) ? PostResult.OK : enqueueOfList(request, stateCode());
    }

    /** Whether it is a Write, and could be pushed. A list's Sends wait for each other and are delivered together. */
    private boolean isPushed(final SendRequest request) {
        return request.opcode() == Opcode.RDMA_WRITE && added(push(request));
    }

    /**
     * Adds requests that lie one behind the other until one is refused, between {@link #begin} and {@link #end}; see
     * {@link PostLists#outcome}.
     *
     * @param requests the address of the first, as {@link PlainRequestLayout}; the memory stays while this runs, and
     *                 the queue's own flags are added there
     */
    public long addPlain(final long requests, final int count) {
        int added = closed ? 0 : pushPlain(requests, count);
        PostResult result = closed ? PostResult.CLOSED : PostResult.OK;
        while (added < count && result == PostResult.OK) {
            result = enqueuePlain(requests + (long) added * PlainRequestLayout.BYTES, stateCode());
            if (result == PostResult.OK) {
                added++;
            }
        }
        return PostLists.outcome(added, result);
    }

    /** Pushes those at the front that are Writes, as far as the NIC takes them; returns how many. */
    private int pushPlain(final long requests, final int count) {
        if (hasUnpublished()) {
            return 0; // what waits is first
        }
        final int most = Math.min(count, space());
        final int maxBytes = shape.limits().maxMessageBytes();
        final int signalAll = shape.signalAll();
        long request = requests;
        int writes = 0;
        while (writes < most && isPushable(request, maxBytes)) {
            Words.putLong(request + PlainRequestLayout.CONTROL, PlainRequestLayout.control(request) | signalAll);
            remember(writes++, Words.getLong(request + PlainRequestLayout.WR_ID));
            request += PlainRequestLayout.BYTES;
        }
        if (writes == 0) {
            return 0;
        }
        final long number = posted();
        advance(writes); // before their completions can be polled
        final int pushed = doorbell.push(number, requests, writes);
        takeBack(writes - pushed);
        if (pushed > 0) {
            publish();
            unsettled = true;
        }
        return pushed;
    }

    private static boolean isPushable(final long request, final int maxBytes) {
        final long control = PlainRequestLayout.control(request);
        final int length = SendSlotLayout.messageLength(control);
        return SendSlotLayout.opcode(control) == WRITE && length > 0 && length <= maxBytes;
    }

    private boolean added(final int pushed) {
        unsettled |= pushed == Doorbell.UNSETTLED;
        return pushed != Doorbell.REFUSED;
    }

    /** Ends the list: rings once for all that was added and not pushed, and does what that or what was pushed left. */
    public void end() {
        boolean settles = unsettled;
        unsettled = false;
        try {
            if (!closed && hasUnpublished()) {
                publish();
                settles |= doorbell.ringSend();
            }
        } finally {
            lock.unlock();
        }
        if (settles) {
            doorbell.settle();
        }
    }

    /** Pushes a request that is a Send or Write of one piece, as {@link Doorbell#push} says. */
    private int push(final SendRequest request) {
        final SgeList sges = request.sges();
        final int opcode = request.opcode().code();
        if ((opcode == SEND ? !doorbell.carriesSends() : opcode != WRITE) || sges.count() != 1
            || request.inlineSegment() != null) {
            return Doorbell.REFUSED;
        }
        return push(opcode, request.flags() << SendSlotLayout.FLAGS, request.wrId(), request.remoteAddress(),
            request.rkey(), sges.address(0), sges.length(0), sges.lkey(0));
    }

    /** The same of one that is given field by field. */
    private int push(final int opcode, final int flags, final long wrId, final long remoteAddress, final int rkey,
        final long address, final int length, final int lkey) {
        if (length <= 0 || length > shape.limits().maxMessageBytes()
            || (opcode == SEND && length > CompletionLayout.MAX_PAYLOAD_BYTES) || isFull()) {
            return Doorbell.REFUSED;
        }
        final long number = posted();
        remember(wrId); // before another thread can poll its completion
        final int pushed = doorbell.push(number, SendSlotLayout.control(opcode, flags | shape.signalAll(), 1, length),
            address, lkey, remoteAddress, rkey);
        if (pushed == Doorbell.REFUSED) {
            takeBack(1);
        } else {
            publish();
        }
        return pushed;
    }

    /** Posts the next of a list, as far as their slots hold them already; returns which is the first other. */
    private int repeat(final SendRequest[] requests, final int from, final int to) {
        if (closed || stateCode() < RTS
            || (requests[from].opcode() == Opcode.RDMA_WRITE && !hasUnpublished())) {
            return from; // a Write that nothing waits before may be pushed
        }
        final int end = from + Math.min(to - from, space());
        int i = from;
        while (i < end && repeats(i - from, requests[i], requests[i].revision(), requests[i].wrId())) {
            i++;
        }
        advance(i - from);
        return i;
    }

    /** As {@link #enqueue}, of one that may come to its slot again. */
    private PostResult enqueueOfList(final SendRequest request, final int state) {
        final int slot = nextSlot();
        final PostResult result = enqueue(request, state);
        if (result == PostResult.OK && request.inlineSegment() == null) {
            noteWritten(slot, request, request.revision());
        }
        return result;
    }

    /** Writes one request into the next slot; the NIC sees it when {@link #publish} says so. */
    private PostResult enqueue(final SendRequest request, final int state) {
        if (state < RTS) {
            return PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        forgetWritten(nextSlot());
        final int slot = nextSlot() * shape.sendStride();
        final MemorySegment inline = request.inlineSegment();
        final PostResult result = inline == null ? writePieces(request, slot) : writeInline(request, inline, slot);
        if (result == PostResult.OK) {
            remember(request.wrId());
        }
        return result;
    }

    /** The same for one that lies in memory. */
    private PostResult enqueuePlain(final long request, final int state) {
        if (state < RTS) {
            return PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        final long control = PlainRequestLayout.control(request);
        final int length = SendSlotLayout.messageLength(control);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > shape.limits().maxMessageBytes()) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        forgetWritten(nextSlot());
        final int slot = nextSlot() * shape.sendStride();
        Words.putLong(slots + slot + SendSlotLayout.CONTROL, control | shape.signalAll());
        SgeLayout.write(slots, SendSlotLayout.sge(slot, 0), PlainRequestLayout.address(request), length,
            PlainRequestLayout.lkey(request));
        if (SendSlotLayout.opcode(control) != SEND) {
            writeRemote(slot, PlainRequestLayout.remoteAddress(request), PlainRequestLayout.rkey(request));
        }
        remember(Words.getLong(request + PlainRequestLayout.WR_ID));
        return PostResult.OK;
    }

    private PostResult writePieces(final SendRequest request, final int slot) {
        final SgeList sges = request.sges();
        final int count = sges.count();
        if (count > shape.limits().maxSendSges()) {
            return PostResult.TOO_MANY_SGES;
        }
        if (count > 1 && request.opcode() == Opcode.RDMA_READ) {
            return PostResult.READ_SINKS;
        }
        final long length = SgeLayout.messageLength(sges, count);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > shape.limits().maxMessageBytes()) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        if (count > 0) { // the usual case out of the loop
            SgeLayout.write(slots, SendSlotLayout.sge(slot, 0), sges.address(0), sges.length(0), sges.lkey(0));
        }
        for (int i = 1; i < count; i++) {
            SgeLayout.write(slots, SendSlotLayout.sge(slot, i), sges.address(i), sges.length(i), sges.lkey(i));
        }
        return writeRest(request, slot, 0, count, (int) length);
    }

    private PostResult writeInline(final SendRequest request, final MemorySegment data, final int slot) {
        final int length = request.inlineLength();
        if (request.opcode() == Opcode.RDMA_READ || request.sges().count() != 0) {
            return PostResult.INLINE_MISPLACED;
        }
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > shape.limits().maxInlineBytes()) {
            return PostResult.INLINE_TOO_LONG;
        }
        final boolean interrupted = InterruptStatus.isSet();
        try {
            SegmentCopy.copy(data, request.inlineOffset(), segment, slot + SendSlotLayout.PAYLOAD, length);
            MemoryFaults.settle();
        } catch (final IndexOutOfBoundsException | IllegalStateException | WrongThreadException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return PostResult.INLINE_UNREADABLE;
        }
        return writeRest(request, slot, SendSlotLayout.INLINE, 0, length);
    }

    /** All but pieces or inline data. */
    private PostResult writeRest(
        final SendRequest request, final int slot, final int flag, final int sgeCount, final int length) {
        final int opcode = request.opcode().code();
        writeHeader(slot, opcode, flag | (request.flags() << SendSlotLayout.FLAGS), sgeCount, length);
        if (opcode != SEND) {
            writeRemote(slot, request.remoteAddress(), request.rkey());
            if (opcode != WRITE && opcode != READ) {
                return writeOther(request, slot, flag, sgeCount, length);
            }
        }
        return PostResult.OK;
    }

    private void writeHeader(final int slot, final int opcode, final int flags, final int sgeCount, final int length) {
        Words.putLong(slots + slot + SendSlotLayout.CONTROL,
            SendSlotLayout.control(opcode, flags | shape.signalAll(), sgeCount, length));
    }

    private void writeRemote(final int slot, final long remoteAddress, final int rkey) {
        Words.putLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS, remoteAddress);
        Words.putInt(slots + slot + SendSlotLayout.RKEY, rkey);
    }

    /** What only requests beside Send, Write and Read have; a slot that is refused is written again. */
    private PostResult writeOther(
        final SendRequest request, final int slot, final int flag, final int sgeCount, final int length) {
        return switch (request.opcode()) {
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD ->
                sgeCount == 1 && length == Long.BYTES ? writeOperands(request, slot) : PostResult.ATOMIC_SINK;
            case SEND_WITH_IMMEDIATE, RDMA_WRITE_WITH_IMMEDIATE -> {
                Words.putLong(slots + slot + SendSlotLayout.IMMEDIATE, request.operand());
                yield PostResult.OK;
            }
            case LOCAL_INVALIDATE -> flag == 0 && sgeCount == 0 ? PostResult.OK : PostResult.NO_MEMORY_TAKEN;
            case BIND_MEMORY_WINDOW -> flag == 0 && sgeCount == 1 && length == 0 ? writeBinding(request, slot)
                : PostResult.NO_MEMORY_TAKEN;
            default -> PostResult.OK;
        };
    }

    private PostResult writeBinding(final SendRequest request, final int slot) {
        if (request.operand() < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if ((request.comparand() & ~REMOTE) != 0) {
            return PostResult.WINDOW_ACCESS;
        }
        return writeOperands(request, slot);
    }

    private PostResult writeOperands(final SendRequest request, final int slot) {
        Words.putLong(slots + slot + SendSlotLayout.OPERAND, request.operand());
        Words.putLong(slots + slot + SendSlotLayout.COMPARAND, request.comparand());
        return PostResult.OK;
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of SEND_COUNT. */
    private void publish() {
        publish(page + DoorbellLayout.SEND_COUNT);
    }

    /** Forgets everything; the NIC's half must do the same. */
    void reset() {
        forget();
        Words.putLongRelease(page + DoorbellLayout.SEND_COUNT, 0);
    }
}
