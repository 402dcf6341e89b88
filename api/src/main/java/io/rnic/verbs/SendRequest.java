package io.rnic.verbs;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request for the send queue ({@code struct ibv_send_wr}), made to be reused: {@link #send}, {@link #write} and
 * {@link #read} start it afresh, {@link #sge(MemoryRegion, long, int) sge} adds a piece of memory,
 * {@link #inline inline} carries the bytes in the request itself.
 *
 * <pre>{@code
 * queuePair.postSend(request.write(1, remoteAddress, rkey).sge(region, 0, 64).signalled(true));
 * }</pre>
 *
 * <p>It is not thread-safe, and it is not checked before it is posted: the post says what is wrong with it.
 */
public final class SendRequest {
    private Opcode opcode = Opcode.SEND;
    private long wrId;
    private long remoteAddress;
    private int rkey;
    private boolean signalled;
    private final SgeList sges = new SgeList();
    private @Nullable MemorySegment inlineSegment;
    private long inlineOffset;
    private int inlineLength;

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

    private SendRequest start(final Opcode opcode, final long wrId, final long remoteAddress, final int rkey) {
        this.opcode = opcode;
        this.wrId = wrId;
        this.remoteAddress = remoteAddress;
        this.rkey = rkey;
        signalled = false;
        sges.clear();
        inlineSegment = null;
        inlineOffset = 0;
        inlineLength = 0;
        return this;
    }

    /** Adds {@code length} bytes from {@code offset} of a region. */
    public SendRequest sge(final MemoryRegion region, final long offset, final int length) {
        return sge(region.address() + offset, length, region.lkey());
    }

    /** Adds a piece of memory ({@code struct ibv_sge}). */
    public SendRequest sge(final long address, final int length, final int lkey) {
        sges.add(address, length, lkey);
        return this;
    }

    /**
     * Carries {@code length} bytes of any segment, heap or native, registered or not, in the request itself; for Send
     * and Write, instead of pieces of memory ({@code IBV_SEND_INLINE}).
     */
    public SendRequest inline(final MemorySegment segment, final long offset, final int length) {
        inlineSegment = Objects.requireNonNull(segment, "segment");
        inlineOffset = offset;
        inlineLength = length;
        return this;
    }

    /** Whether success makes a completion ({@code IBV_SEND_SIGNALED}); an error always does. */
    public SendRequest signalled(final boolean signalled) {
        this.signalled = signalled;
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

    /** The peer's address, for Write and Read. */
    public long remoteAddress() {
        return remoteAddress;
    }

    /** The peer's key, for Write and Read. */
    public int rkey() {
        return rkey;
    }

    /** Whether success makes a completion. */
    public boolean signalled() {
        return signalled;
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
