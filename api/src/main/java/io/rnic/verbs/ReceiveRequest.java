package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/** One request for the receive queue ({@code struct ibv_recv_wr}), made to be reused; not thread-safe. */
public final class ReceiveRequest {
    private long wrId;
    private final SgeList sges = new SgeList();
    private @Nullable MemoryRegion firstRegion;
    private long revision;

    /** A receive of nothing, until it is started. */
    public ReceiveRequest() {
    }

    /** Starts it afresh. */
    public ReceiveRequest receive(final long wrId) {
        this.wrId = wrId;
        revision++;
        sges.clear();
        firstRegion = null;
        return this;
    }

    /** Adds {@code length} bytes from {@code offset} of a region that allows LOCAL_WRITE. */
    public ReceiveRequest sge(final MemoryRegion region, final long offset, final int length) {
        if (sges.count() == 0) {
            firstRegion = region;
        }
        return sge(region.address() + offset, length, region.lkey());
    }

    /** Adds a piece of memory ({@code struct ibv_sge}). */
    public ReceiveRequest sge(final long address, final int length, final int lkey) {
        sges.add(address, length, lkey);
        revision++;
        return this;
    }

    /** The application's number for it. */
    public long wrId() {
        return wrId;
    }

    /**
     * The region of its first piece, null if that was named by its address. A short message may be placed through it
     * when its completion is polled, if no remote access is granted to the region.
     */
    public @Nullable MemoryRegion firstRegion() {
        return firstRegion;
    }

    /**
     * Another number after each change of this object: whoever remembers both can tell later whether it is still the
     * same. It says nothing between two requests.
     */
    public long revision() {
        return revision;
    }

    /** Its pieces of memory. */
    public SgeList sges() {
        return sges;
    }
}
