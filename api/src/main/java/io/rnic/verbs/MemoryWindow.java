package io.rnic.verbs;

/**
 * A part of a region under a key of its own ({@code ibv_alloc_mw(3)}, {@code IBV_MW_TYPE_2}). It is bound by a request
 * in a send queue, {@link SendRequest#bind}, without a system call, and unbound by binding it elsewhere or to nothing,
 * by a local invalidate, or by the peer's Send with Invalidate. Each binding has a new key, so what the peer was told
 * before is worth nothing; one that would have the key of the last is refused.
 */
public interface MemoryWindow extends AutoCloseable {
    /**
     * The key of its last binding that was done (STag): index in the upper 24 bits, key in the lower 8. Before the
     * first it is a key that allows nothing.
     *
     * @throws RnicException CLOSED
     */
    int rkey();

    /** The key after {@code rkey}: only the low 8 bits change ({@code ibv_inc_rkey}). */
    static int nextKey(final int rkey) {
        return (rkey & ~0xFF) | ((rkey + 1) & 0xFF);
    }

    /**
     * Deallocates the window ({@code ibv_dealloc_mw(3)}), bound or not: once it returns, nothing reaches the region
     * through it any more.
     *
     * @throws RnicException CLOSED if it is deallocated already
     */
    @Override
    void close();
}
