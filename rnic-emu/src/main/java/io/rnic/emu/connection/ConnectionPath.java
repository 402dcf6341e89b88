package io.rnic.emu.connection;

/** How the answer to a connection request reaches who asked; called with the lock of {@link Ports} held. */
interface ConnectionPath {
    /**
     * Connects, and tells who asked.
     *
     * @throws io.rnic.verbs.RnicException INVALID_STATE, INVALID_ARGUMENT, CLOSED; the request stays open then
     */
    void accept(Endpoint accepting, byte[] privateData);

    /** Tells who asked that there will be no connection. */
    void reject(byte[] privateData);

    /** Who asked gives up. */
    void withdraw();
}
