package io.rnic.emu.engine;

/**
 * How many RDMA Reads and atomics may be under way between a queue pair and its peer (RFC 6581 §9.1).
 *
 * @param ord how many it may have outstanding at the peer
 * @param ird how many of the peer's it answers at a time
 */
public record ReadLimits(int ord, int ird) {
    /** What it agrees on with a peer: neither asks for more than the other answers. */
    public ReadLimits agreedWith(final ReadLimits peer) {
        return new ReadLimits(Math.min(ord, peer.ird), Math.min(ird, peer.ord));
    }
}
