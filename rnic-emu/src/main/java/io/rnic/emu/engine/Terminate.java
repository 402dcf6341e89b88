package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.verbs.CompletionStatus;

/**
 * What a delivery comes back with: 0 when it was placed, a Terminate (RFC 5040 §4.8) when the peer refused it, or one
 * of some local codes. A Terminate is {@code 0x10000 | layer << 12 | error type << 8 | error code}, as completions show
 * it.
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

    /** DDP, catastrophic: a receive's memory cannot be written (RFC 5041 §8). */
    public static final int DDP_LOCAL_CATASTROPHIC = code(1, 0, 0);
    /** DDP, untagged buffer: no receive is posted. */
    public static final int NO_BUFFER = code(1, 2, 2);
    /** DDP, untagged buffer: the message is longer than the receive. */
    public static final int MESSAGE_TOO_LONG = code(1, 2, 5);

    /** DDP, tagged buffer: no such STag. */
    static final int TAGGED_STAG = code(1, 1, 0);
    /** DDP, tagged buffer: outside the bounds. */
    static final int TAGGED_BOUNDS = code(1, 1, 1);
    /** RDMAP, remote protection: a Read outside the bounds. */
    static final int READ_BOUNDS = code(0, 1, 1);

    /** RDMAP, remote operation: the stream ends; for an atomic whose target is not aligned (RFC 7306 §8.2). */
    public static final int STREAM_CATASTROPHIC = code(0, 2, 7);

    private static final int SET = 0x10000;

    private Terminate() {
    }

    /** Whether RDMAP is the layer that found it. */
    static boolean isOfRdmap(final int terminate) {
        return ((terminate >>> 12) & 0xF) == 0;
    }

    /** Whether MPA is the layer that found it: it knows no segments. */
    static boolean isOfMpa(final int terminate) {
        return ((terminate >>> 12) & 0xF) == 2;
    }

    /** What a Send with Invalidate is answered with whose STag cannot be invalidated (RFC 5040 §4.8). */
    static int ofInvalidate(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG -> code(0, 2, 9);
            default -> code(0, 1, 9);
        };
    }

    /** Layer, error type and error code in one number. */
    public static int code(final int layer, final int type, final int code) {
        return SET | (layer << 12) | (type << 8) | code;
    }

    /** What a refused RDMA Write is answered with: DDP's tagged buffer errors, RDMAP's for access. */
    static int ofWrite(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG -> code(1, 1, 0);
            case OUT_OF_BOUNDS -> code(1, 1, 1);
            case OTHER_DOMAIN -> code(1, 1, 2);
            case WRAP -> code(1, 1, 3);
            case NO_ACCESS -> code(0, 1, 2);
        };
    }

    /** What a refused RDMA Read Request is answered with: RDMAP's remote protection errors. */
    static int ofRead(final AccessCheck check) {
        return switch (check) {
            case OK -> NONE;
            case INVALID_STAG -> code(0, 1, 0);
            case OUT_OF_BOUNDS -> code(0, 1, 1);
            case NO_ACCESS -> code(0, 1, 2);
            case OTHER_DOMAIN -> code(0, 1, 3);
            case WRAP -> code(0, 1, 4);
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
