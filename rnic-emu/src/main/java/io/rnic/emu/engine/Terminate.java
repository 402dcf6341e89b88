package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.CompletionStatus;

/**
 * What a delivery comes back with: 0 when it was placed, a Terminate (RFC 5040 §4.8) when the peer refused it, or one
 * of some local codes. A Terminate is a {@link TerminateCode}, as completions show it.
 */
public final class Terminate {
    /** Placed. */
    public static final int NONE = 0;
    /** Not placed because the local memory is gone; the peer saw nothing of it. */
    public static final int LOCAL_FAULT = -1;
    /** Not placed because the connection is gone. */
    public static final int CONNECTION_LOST = -2;
    /** Not bound: the window, the region, its access or its bounds do not allow it. */
    static final int BIND_FAULT = -3;
    /** Not done: no request has that opcode. */
    static final int OPCODE_FAULT = -5;
    /** The queue pair was destroyed or reset meanwhile: nothing is reported. */
    static final int ABANDONED = -4;

    /** Not done yet: it is gone on with when the link is ready again, or a Read before it is answered. */
    static final int LATER = -7;

    /** Not asked for because the connection has no room for RDMA Reads; the peer saw nothing of it. */
    public static final int NO_READS = -6;

    private Terminate() {
    }

    /** Whether RDMAP is the layer that found it. */
    static boolean isOfRdmap(final int terminate) {
        return TerminateCode.layer(terminate) == 0;
    }

    /** Whether MPA is the layer that found it: it knows no segments. */
    static boolean isOfMpa(final int terminate) {
        return TerminateCode.layer(terminate) == 2;
    }

    /** What a Send with Invalidate is answered with whose STag cannot be invalidated (RFC 5040 §4.8). */
    static int ofInvalidate(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG, HAS_WINDOWS -> TerminateCode.NOT_INVALIDATED;
            default -> TerminateCode.INVALIDATION_DENIED;
        };
    }

    /** What a refused RDMA Write is answered with: DDP's tagged buffer errors, RDMAP's for access. */
    static int ofWrite(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG, HAS_WINDOWS -> TerminateCode.TAGGED_STAG;
            case OUT_OF_BOUNDS -> TerminateCode.TAGGED_BOUNDS;
            case OTHER_DOMAIN -> TerminateCode.TAGGED_STREAM;
            case WRAP -> TerminateCode.TAGGED_WRAP;
            case NO_ACCESS -> TerminateCode.REMOTE_ACCESS;
        };
    }

    /** What a refused RDMA Read Request is answered with: RDMAP's remote protection errors. */
    static int ofRead(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG, HAS_WINDOWS -> TerminateCode.REMOTE_STAG;
            case OUT_OF_BOUNDS -> TerminateCode.REMOTE_BOUNDS;
            case NO_ACCESS -> TerminateCode.REMOTE_ACCESS;
            case OTHER_DOMAIN -> TerminateCode.REMOTE_STREAM;
            case WRAP -> TerminateCode.REMOTE_WRAP;
        };
    }

    /** How the request ends whose delivery came back with {@code result}. */
    static CompletionStatus status(final int result) {
        if (result == NONE) {
            return CompletionStatus.SUCCESS;
        }
        if (result == LOCAL_FAULT) {
            return CompletionStatus.LOCAL_PROTECTION_ERROR;
        }
        if (result == CONNECTION_LOST) {
            return CompletionStatus.FLUSHED;
        }
        if (result == OPCODE_FAULT || result == NO_READS) {
            return CompletionStatus.LOCAL_QP_OPERATION_ERROR;
        }
        if (result == BIND_FAULT) {
            return CompletionStatus.MEMORY_WINDOW_BIND_ERROR;
        }
        return switch ((result >>> 8) & 0xFF) {
            case 0x01, 0x11 -> CompletionStatus.REMOTE_ACCESS_ERROR;
            case 0x12 -> CompletionStatus.REMOTE_INVALID_REQUEST_ERROR;
            default -> CompletionStatus.REMOTE_OPERATION_ERROR;
        };
    }

    /** The code as completions show it: 0 unless a Terminate was sent or received. */
    static int vendorError(final int result) {
        return Math.max(result, 0);
    }
}
