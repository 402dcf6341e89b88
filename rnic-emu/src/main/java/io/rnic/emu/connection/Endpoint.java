package io.rnic.emu.connection;

import io.rnic.emu.engine.QueuePairContext;

/** A queue pair that can be connected. */
public interface Endpoint {
    /** The NIC's half. */
    QueuePairContext nic();

    /**
     * Checks that it can be connected now.
     *
     * @throws io.rnic.verbs.RnicException INVALID_STATE, CLOSED
     */
    void checkConnectable();
}
