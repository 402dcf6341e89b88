package io.rnic.emu.wire;

/**
 * Why a connection ends, as one number: {@code 0x10000 | layer << 12 | error type << 8 | error code}, so that 0 is free
 * for 'nothing is wrong'. The rows are those of RFC 5040 §4.8 (RDMAP), RFC 5041 §8 (DDP), and RFC 5044 §8 and RFC 6581
 * §8 (MPA).
 */
public final class TerminateCode {
    /** Nothing is wrong. */
    public static final int NONE = 0;

    private static final int SET = 0x10000;

    /** RDMAP, remote protection: no such STag. */
    public static final int REMOTE_STAG = of(0, 1, 0);
    /** RDMAP, remote protection: outside the bounds. */
    public static final int REMOTE_BOUNDS = of(0, 1, 1);
    /** RDMAP, remote protection: the access is not allowed. */
    public static final int REMOTE_ACCESS = of(0, 1, 2);
    /** RDMAP, remote protection: the STag is not of this stream. */
    public static final int REMOTE_STREAM = of(0, 1, 3);
    /** RDMAP, remote protection: the tagged offset runs over. */
    public static final int REMOTE_WRAP = of(0, 1, 4);
    /** RDMAP, remote protection: the peer may not invalidate the STag. */
    public static final int INVALIDATION_DENIED = of(0, 1, 9);
    /** RDMAP, remote operation: no such RDMAP version. */
    public static final int RDMAP_VERSION = of(0, 2, 5);
    /** RDMAP, remote operation: an opcode that nobody knows, or that cannot stand here. */
    public static final int UNEXPECTED_OPCODE = of(0, 2, 6);
    /**
     * RDMAP, remote operation: the stream ends; for what has no code of its own, and for an atomic whose target is not
     * aligned (RFC 7306 §8.2).
     */
    public static final int STREAM_CATASTROPHIC = of(0, 2, 7);
    /** RDMAP, remote operation: the STag cannot be invalidated. */
    public static final int NOT_INVALIDATED = of(0, 2, 9);
    /** DDP, catastrophic: an error of this side, as when a receive's memory cannot be written. */
    public static final int DDP_LOCAL_CATASTROPHIC = of(1, 0, 0);
    /** DDP, tagged buffer: no such STag. */
    public static final int TAGGED_STAG = of(1, 1, 0);
    /** DDP, tagged buffer: outside the bounds. */
    public static final int TAGGED_BOUNDS = of(1, 1, 1);
    /** DDP, tagged buffer: the STag is not of this stream. */
    public static final int TAGGED_STREAM = of(1, 1, 2);
    /** DDP, tagged buffer: the tagged offset runs over. */
    public static final int TAGGED_WRAP = of(1, 1, 3);
    /** DDP, tagged buffer: no such DDP version. */
    public static final int TAGGED_VERSION = of(1, 1, 4);
    /** DDP, untagged buffer: no such queue, or not for this message. */
    public static final int QUEUE_NUMBER = of(1, 2, 1);
    /** DDP, untagged buffer: no buffer is there. */
    public static final int NO_BUFFER = of(1, 2, 2);
    /** DDP, untagged buffer: the MSN is not the next one. */
    public static final int MSN_RANGE = of(1, 2, 3);
    /** DDP, untagged buffer: the message offset is not where the message had come to. */
    public static final int MESSAGE_OFFSET = of(1, 2, 4);
    /** DDP, untagged buffer: the message is longer than its buffer. */
    public static final int MESSAGE_TOO_LONG = of(1, 2, 5);
    /** DDP, untagged buffer: no such DDP version. */
    public static final int UNTAGGED_VERSION = of(1, 2, 6);
    /** MPA: the CRC of an FPDU is not that of its bytes. */
    public static final int CRC = of(2, 0, 2);
    /** MPA: a marker and the length do not agree, or a length cannot be. */
    public static final int MARKER_OR_LENGTH = of(2, 0, 3);
    /** MPA: an error of this side, as when it has no memory. */
    public static final int MPA_LOCAL = of(2, 0, 5);
    /** MPA: the IRD that the peer wants is too large for this side. */
    public static final int INSUFFICIENT_IRD = of(2, 0, 6);
    /** MPA: no ready-to-receive message that both sides can do. */
    public static final int NO_MATCHING_RTR = of(2, 0, 7);

    private TerminateCode() {
    }

    /** Layer (0 RDMAP, 1 DDP, 2 MPA), error type and error code in one number. */
    public static int of(final int layer, final int type, final int code) {
        return SET | (layer & 0xF) << 12 | (type & 0xF) << 8 | (code & 0xFF);
    }

    /** The layer that found it. */
    public static int layer(final int terminateCode) {
        return (terminateCode >>> 12) & 0xF;
    }

    /** What kind of error it is. */
    public static int type(final int terminateCode) {
        return (terminateCode >>> 8) & 0xF;
    }

    /** The error. */
    public static int code(final int terminateCode) {
        return terminateCode & 0xFF;
    }

    /** Whether an RFC has a row for it. */
    public static boolean isDefined(final int terminateCode) {
        final int code = code(terminateCode);
        return switch ((terminateCode >>> 8) & 0xFF) {
            case 0x00 -> true;
            case 0x01 -> code <= 4 || code == 9 || code == 0xFF;
            case 0x02 -> (code >= 5 && code <= 9) || code == 0xFF;
            case 0x10 -> code == 0;
            case 0x11 -> code <= 4;
            case 0x12 -> code >= 1 && code <= 6;
            case 0x20 -> code >= 1 && code <= 7;
            default -> false;
        };
    }

    /** As it is spoken of: layer/type/code. */
    public static String text(final int terminateCode) {
        return layer(terminateCode) + "/" + type(terminateCode) + "/" + code(terminateCode);
    }
}
