package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/**
 * The states of a queue pair ({@code enum ibv_qp_state}, with the same codes), as far as a connection manager leads
 * through them: connecting goes from INIT to RTS in one step.
 */
public enum QueuePairState {
    /** Empty; nothing may be posted. */
    RESET(0),
    /** Created: receives may be posted. */
    INIT(1),
    /** Connected: everything may be posted and is done. */
    RTS(3),
    /**
     * Send queue drained: connected, what is posted to the send queue waits; receives and what the peer asks for go on.
     */
    SQD(4),
    /** Disconnected or failed: what is posted completes as FLUSHED. */
    ERROR(6);

    private static final @Nullable QueuePairState[] BY_CODE = new QueuePairState[7];

    static {
        for (final QueuePairState state : values()) {
            BY_CODE[state.code] = state;
        }
    }

    private final int code;

    QueuePairState(final int code) {
        this.code = code;
    }

    /** The code of {@code enum ibv_qp_state}; later states have greater ones. */
    public int code() {
        return code;
    }

    /**
     * The state with that code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static QueuePairState of(final int code) {
        final QueuePairState state = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (state == null) {
            throw new IllegalArgumentException("unknown queue pair state: code=" + code);
        }
        return state;
    }
}
