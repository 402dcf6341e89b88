package io.rnic.verbs;

/** The states of a queue pair ({@code ibv_modify_qp(3)}), as far as a connection manager leads through them. */
public enum QueuePairState {
    /** Empty; nothing may be posted. */
    RESET,
    /** Created: receives may be posted. */
    INIT,
    /** Connected: everything may be posted and is done (INIT, RTR and RTS are one step of the connection set-up). */
    RTS,
    /** Disconnected or failed: what is posted completes as FLUSHED. */
    ERROR;

    private static final QueuePairState[] VALUES = values();

    /**
     * The state with that ordinal.
     *
     * @throws ArrayIndexOutOfBoundsException if there is none
     */
    public static QueuePairState of(final int ordinal) {
        return VALUES[ordinal];
    }
}
