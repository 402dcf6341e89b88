package io.rnic.emu.connection;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.IdlePolls;
import java.util.List;

/** A queue pair that can be connected. */
public interface Endpoint {
    /** The NIC's half. */
    QueuePairContext nic();

    /** Who polls for it in vain may do the NIC's work: none where the NIC has a thread of its own. */
    List<IdlePolls> idlePolls();

    /**
     * Checks that it can be connected now.
     *
     * @throws io.rnic.verbs.RnicException INVALID_STATE, CLOSED
     */
    void checkConnectable();
}
