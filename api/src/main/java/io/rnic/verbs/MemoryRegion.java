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
     * Deregisters the memory ({@code ibv_dereg_mr(3)}). Once it returns, no byte is placed into it or read from it any
     * more; requests that still name it end in an error.
     *
     * @throws RnicException CLOSED if it is deregistered already
     */
    @Override
    void close();
}
