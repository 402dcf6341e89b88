package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/** How a request ended ({@code enum ibv_wc_status}, with the same codes). */
public enum CompletionStatus {
    /** It was done ({@code IBV_WC_SUCCESS}). */
    SUCCESS(0),
    /** The message is longer than the receive, or than a message may be ({@code IBV_WC_LOC_LEN_ERR}). */
    LOCAL_LENGTH_ERROR(1),
    /** The queue pair could not do it ({@code IBV_WC_LOC_QP_OP_ERR}). */
    LOCAL_QP_OPERATION_ERROR(2),
    /** A local key, its domain, access or bounds do not allow it ({@code IBV_WC_LOC_PROT_ERR}). */
    LOCAL_PROTECTION_ERROR(4),
    /** The queue pair went to ERROR before the request was done ({@code IBV_WC_WR_FLUSH_ERR}). */
    FLUSHED(5),
    /** A memory window cannot be bound so ({@code IBV_WC_MW_BIND_ERR}). */
    MEMORY_WINDOW_BIND_ERROR(6),
    /** The peer answered what was not asked ({@code IBV_WC_BAD_RESP_ERR}). */
    BAD_RESPONSE_ERROR(7),
    /** The peer could not take the message, for instance no receive was posted ({@code IBV_WC_REM_INV_REQ_ERR}). */
    REMOTE_INVALID_REQUEST_ERROR(9),
    /** The remote key, its domain, access or bounds do not allow it ({@code IBV_WC_REM_ACCESS_ERR}). */
    REMOTE_ACCESS_ERROR(10),
    /** The peer failed at it for a reason of its own ({@code IBV_WC_REM_OP_ERR}). */
    REMOTE_OPERATION_ERROR(11),
    /** Any other error ({@code IBV_WC_GENERAL_ERR}). */
    GENERAL_ERROR(21);

    private static final @Nullable CompletionStatus[] BY_CODE = new CompletionStatus[32];

    static {
        for (final CompletionStatus status : values()) {
            BY_CODE[status.code] = status;
        }
    }

    private final int code;

    CompletionStatus(final int code) {
        this.code = code;
    }

    /** The code of {@code enum ibv_wc_status}. */
    public int code() {
        return code;
    }

    /** The status with that code; {@link #GENERAL_ERROR} where none has it. */
    public static CompletionStatus of(final int code) {
        final CompletionStatus status = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        return status == null ? GENERAL_ERROR : status;
    }
}
