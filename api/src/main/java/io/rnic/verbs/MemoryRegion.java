package io.rnic.verbs;

import java.lang.foreign.MemorySegment;

/** Application memory that the NIC may use ({@code ibv_reg_mr(3)}): pinned, translated, and named by keys. */
public interface MemoryRegion extends AutoCloseable {
    /** The registered memory, as it was given. */
    MemorySegment segment();

    /** The virtual address of its first byte: also the tagged offset of its first byte on the wire. */
    long address();

    /** Its length in bytes. */
    long length();

    /** The key by which local requests name it. */
    int lkey();

    /** The key (STag) by which the peer names it: index in the upper 24 bits, key in the lower 8. */
    int rkey();

    /**
     * Changes what is allowed ({@code ibv_rereg_mr(3)}); keys and memory stay. In force when it returns: what begins
     * afterwards finds the new access, and what began before has ended. A region whose STag was invalidated is valid
     * again.
     *
     * @param access what is allowed from now on, beyond local reading
     * @throws RnicException INVALID_ARGUMENT as {@link ProtectionDomain#registerMemory}; BUSY while memory windows are
     *                       bound to it; DEVICE_LIMIT; CLOSED; nothing has changed then
     */
    void reregister(Access... access);

    /**
     * What it is now.
     *
     * @throws RnicException CLOSED
     */
    MemoryRegionAttributes query();

    /**
     * Deregisters the memory ({@code ibv_dereg_mr(3)}). Once it returns, no byte is placed into it or read from it any
     * more; requests that still name it end in an error.
     *
     * @throws RnicException BUSY while memory windows are bound to it; CLOSED if it is deregistered already
     */
    @Override
    void close();
}
