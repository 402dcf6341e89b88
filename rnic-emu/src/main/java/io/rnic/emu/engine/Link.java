package io.rnic.emu.engine;

/**
 * One side's connection to its peer: delivers, and decides nothing. A {@link DirectLink} delivers at once, a
 * {@link StreamLink} sends on its way.
 */
public sealed interface Link permits DirectLink, StreamLink {
    /** The number of the queue pair at the other end, 0 where that is not known. */
    int peerNumber();

    /** The connection has ended on this side: the peer is told. May be repeated. */
    void disconnect();
}
