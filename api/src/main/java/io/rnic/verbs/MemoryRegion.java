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
     * Names who is told once the memory is no longer registered: it was deregistered, by whomever, or a kernel that
     * shares locked memory between processes has taken it away ({@link Rnic#onReclaim}). Told once, at once if it is so
     * already, by the thread that deregisters: it must not wait for anything. Whom this named before is told no more.
     * What it throws is dropped. A closed NIC tells nobody.
     */
    default void onDeregister(final Runnable notice) {
    }

    /**
     * Deregisters the memory ({@code ibv_dereg_mr(3)}). Once it returns, no byte is placed into it or read from it any
     * more; requests that still name it end in an error.
     *
     * @throws RnicException BUSY while memory windows are bound to it; CLOSED if it is deregistered already
     */
    @Override
    void close();
}
