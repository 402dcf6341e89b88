package io.rnic.verbs;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request for the send queue ({@code struct ibv_send_wr}), made to be reused: {@link #send}, {@link #write},
 * {@link #read} and their like start it afresh, {@link #sge(MemoryRegion, long, int) sge} adds a piece of memory,
 * {@link #inline inline} carries the bytes in the request itself.
 *
 * <pre>{@code
 * queuePair.postSend(request.write(1, remoteAddress, rkey).sge(region, 0, 64).signalled(true));
 * }</pre>
 *
 * <p>It is not thread-safe, and but for its flags it is not checked before it is posted: the post says what is wrong
 * with it.
 */
public final class SendRequest {
    /** Flag: it waits for outstanding Reads and atomics ({@code IBV_SEND_FENCE}). */
    public static final int FENCED = 1;
    /** Flag: success makes a completion ({@code IBV_SEND_SIGNALED}). */
    public static final int SIGNALLED = 1 << 1;
    /** Flag: the peer's receive is solicited ({@code IBV_SEND_SOLICITED}). */
    public static final int SOLICITED = 1 << 2;

    private static final int FLAGS = FENCED | SIGNALLED | SOLICITED;

    private Opcode opcode = Opcode.SEND;
    private long wrId;
    private long remoteAddress;
    private int rkey;
    private int flags;
    private long operand;
    private long comparand;
    private final SgeList sges = new SgeList();
    private @Nullable MemorySegment inlineSegment;
    private long inlineOffset;
    private int inlineLength;
    private long revision;

    /** A Send of nothing, until it is started. */
    public SendRequest() {
    }

    /** Starts a Send into the peer's next receive. */
    public SendRequest send(final long wrId) {
        return start(Opcode.SEND, wrId, 0, 0);
    }

    /** Starts an RDMA Write to {@code remoteAddress} in the peer's region {@code rkey}. */
    public SendRequest write(final long wrId, final long remoteAddress, final int rkey) {
        return start(Opcode.RDMA_WRITE, wrId, remoteAddress, rkey);
    }

    /** Starts an RDMA Read from {@code remoteAddress} in the peer's region {@code rkey}. */
    public SendRequest read(final long wrId, final long remoteAddress, final int rkey) {
        return start(Opcode.RDMA_READ, wrId, remoteAddress, rkey);
    }

    /**
     * Starts an atomic addition to the 8 bytes at {@code remoteAddress}, a multiple of 8, in the peer's region {@code
     * rkey}, which are a number in the peer's byte order; what they were goes to the request's one piece of memory of 8
     * bytes ({@code IBV_WR_ATOMIC_FETCH_AND_ADD}).
     */
    public SendRequest fetchAndAdd(final long wrId, final long remoteAddress, final int rkey, final long addend) {
        operand = addend;
        return start(Opcode.ATOMIC_FETCH_AND_ADD, wrId, remoteAddress, rkey);
    }

    /**
     * As {@link #fetchAndAdd}, but puts {@code swap} there if what is there equals {@code compare} ({@code
     * IBV_WR_ATOMIC_CMP_AND_SWP}).
     */
    public SendRequest compareAndSwap(
        final long wrId, final long remoteAddress, final int rkey, final long compare, final long swap) {
        operand = swap;
        comparand = compare;
        return start(Opcode.ATOMIC_COMPARE_AND_SWAP, wrId, remoteAddress, rkey);
    }

    /**
     * Starts a Send whose receive completes with immediate data ({@code IBV_WR_SEND_WITH_IMM}). iWARP has no message
     * for the two together: it is for links that have, as loopback does.
     */
    public SendRequest sendWithImmediate(final long wrId, final long immediateData) {
        operand = immediateData;
        return start(Opcode.SEND_WITH_IMMEDIATE, wrId, 0, 0);
    }

    /**
     * Starts an RDMA Write, also of nothing, behind which the peer's next receive completes with immediate data, and
     * its memory stays as it is ({@code IBV_WR_RDMA_WRITE_WITH_IMM}, RFC 7306 §6).
     */
    public SendRequest writeWithImmediate(
        final long wrId, final long remoteAddress, final int rkey, final long immediateData) {
        operand = immediateData;
        return start(Opcode.RDMA_WRITE_WITH_IMMEDIATE, wrId, remoteAddress, rkey);
    }

    /**
     * Starts a Send that makes an STag of the peer's invalid, a memory window's or a region's that allows something
     * remote, before the receive completes ({@code IBV_WR_SEND_WITH_INV}, RFC 5040 §5.3). Of a region to which memory
     * windows are bound it is refused.
     */
    public SendRequest sendWithInvalidate(final long wrId, final int stag) {
        return start(Opcode.SEND_WITH_INVALIDATE, wrId, 0, stag);
    }

    /**
     * Starts the invalidation of an STag of this side, a memory window's or a region's: once it completes, nothing goes
     * through it any more ({@code IBV_WR_LOCAL_INV}). That it is invalid already is no error. A region is valid again
     * when it is re-registered; while memory windows are bound to it the request ends in LOCAL_PROTECTION_ERROR.
     */
    public SendRequest localInvalidate(final long wrId, final int stag) {
        return start(Opcode.LOCAL_INVALIDATE, wrId, 0, stag);
    }

    /**
     * Starts the binding of a memory window to a part of a region that allows {@link Access#MW_BIND}, or, with length
     * 0, to nothing ({@code IBV_WR_BIND_MW}). The key of the binding is {@link #rkey} of this request from now on, and
     * that of the window once it is done; nothing reaches what it was bound to before any more then. Several bindings
     * of one window that are built before any is done have the same key: the first is done, and the others end in
     * MEMORY_WINDOW_BIND_ERROR; so does one whose turn comes when the window is closed.
     *
     * @param access what the peer may do through it: REMOTE_READ, REMOTE_WRITE, REMOTE_ATOMIC; where it changes memory,
     *               the region must allow LOCAL_WRITE
     */
    public SendRequest bind(final long wrId, final MemoryWindow window, final MemoryRegion region, final long offset,
        final long length, final Access... access) {
        operand = length;
        comparand = Access.bits(access);
        start(Opcode.BIND_MEMORY_WINDOW, wrId, region.address() + offset, MemoryWindow.nextKey(window.rkey()));
        return sge(0, 0, region.lkey());
    }

    private SendRequest start(final Opcode opcode, final long wrId, final long remoteAddress, final int rkey) {
        return start(opcode, wrId, remoteAddress, rkey, 0);
    }

    /**
     * Starts any request from its fields, as a front end finds them where it was kept.
     *
     * @param flags {@link #FENCED}, {@link #SIGNALLED} and {@link #SOLICITED}, or 0
     * @throws RnicException INVALID_ARGUMENT for other flags; the request is what it was then
     */
    public SendRequest start(
        final Opcode opcode, final long wrId, final long remoteAddress, final int rkey, final int flags) {
        if ((flags & ~FLAGS) != 0) {
            throw unknownFlags(flags);
        }
        this.opcode = Objects.requireNonNull(opcode, "opcode");
        this.wrId = wrId;
        this.remoteAddress = remoteAddress;
        this.rkey = rkey;
        this.flags = flags;
        revision++;
        sges.clear();
        inlineSegment = null;
        inlineOffset = 0;
        inlineLength = 0;
        return this;
    }

    private static RnicException unknownFlags(final int flags) {
        return new RnicException(RnicError.INVALID_ARGUMENT, "flags 0x" + Integer.toHexString(flags & ~FLAGS)
            + " of a send request; allowed: FENCED (0x1), SIGNALLED (0x2), SOLICITED (0x4); inline data is asked for"
            + " by inline(segment, offset, length)");
    }

    /** Adds {@code length} bytes from {@code offset} of a region. */
    public SendRequest sge(final MemoryRegion region, final long offset, final int length) {
        return sge(region.address() + offset, length, region.lkey());
    }

    /** Adds a piece of memory ({@code struct ibv_sge}). */
    public SendRequest sge(final long address, final int length, final int lkey) {
        sges.add(address, length, lkey);
        revision++;
        return this;
    }

    /**
     * Carries {@code length} bytes of any segment, heap or native, registered or not, in the request itself; for Sends
     * and Writes, instead of pieces of memory ({@code IBV_SEND_INLINE}).
     */
    public SendRequest inline(final MemorySegment segment, final long offset, final int length) {
        inlineSegment = Objects.requireNonNull(segment, "segment");
        inlineOffset = offset;
        inlineLength = length;
        revision++;
        return this;
    }

    /** Whether success makes a completion ({@code IBV_SEND_SIGNALED}); an error always does. */
    public SendRequest signalled(final boolean signalled) {
        return flag(SIGNALLED, signalled);
    }

    /**
     * Whether the peer's completion is solicited: it makes an event also where only such are asked for, {@link
     * CompletionQueue#requestNotification(boolean)}. For Sends and Writes with immediate data, elsewhere without
     * meaning ({@code IBV_SEND_SOLICITED}).
     */
    public SendRequest solicited(final boolean solicited) {
        return flag(SOLICITED, solicited);
    }

    /**
     * Whether it is begun only when the Reads and atomics before it are done ({@code IBV_SEND_FENCE}). On loopback they
     * always are: a request is taken when the one before it is done.
     */
    public SendRequest fenced(final boolean fenced) {
        return flag(FENCED, fenced);
    }

    private SendRequest flag(final int flag, final boolean set) {
        flags = set ? flags | flag : flags & ~flag;
        revision++;
        return this;
    }

    /** What it asks for. */
    public Opcode opcode() {
        return opcode;
    }

    /** The application's number for it. */
    public long wrId() {
        return wrId;
    }

    /** The peer's address, for Write, Read and atomics; where a binding begins. */
    public long remoteAddress() {
        return remoteAddress;
    }

    /** The peer's key, for Write, Read and atomics; the STag that is invalidated or bound. */
    public int rkey() {
        return rkey;
    }

    /** Whether success makes a completion. */
    public boolean signalled() {
        return (flags & SIGNALLED) != 0;
    }

    /** Its flags together, as {@code enum ibv_send_flags} numbers them; inline data is told by its segment. */
    public int flags() {
        return flags;
    }

    /** Sets {@link #operand} and {@link #comparand} of a request that was started from its fields. */
    public SendRequest operands(final long operand, final long comparand) {
        this.operand = operand;
        this.comparand = comparand;
        revision++;
        return this;
    }

    /** What is added or swapped in by an atomic; the immediate data; the length of a binding. */
    public long operand() {
        return operand;
    }

    /** Of a compare-and-swap: what must be there; the access of a binding. */
    public long comparand() {
        return comparand;
    }

    /**
     * Another number after each change of this object: whoever remembers both can tell later whether it is still the
     * same. It says nothing between two requests. Inline data may change without it.
     */
    public long revision() {
        return revision;
    }

    /** Its pieces of memory. */
    public SgeList sges() {
        return sges;
    }

    /** The segment that holds the inline data, null if it carries none. */
    public @Nullable MemorySegment inlineSegment() {
        return inlineSegment;
    }

    /** Where in the segment the inline data begins. */
    public long inlineOffset() {
        return inlineOffset;
    }

    /** The inline data's length in bytes. */
    public int inlineLength() {
        return inlineLength;
    }
}
