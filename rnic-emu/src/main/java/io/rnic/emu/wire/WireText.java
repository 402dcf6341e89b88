package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What is on the wire, a line each, for diagnosis and tests; of any bytes, and never a byte of payload. */
public final class WireText {
    private static final HexFormat HEX = HexFormat.of();

    private WireText() {
    }

    /**
     * A line for the frame at {@code offset}, markers taken out.
     *
     * @param available how many bytes are there
     */
    public static String fpdu(final MemorySegment segment, final long offset, final int available) {
        if (available < Fpdu.ULPDU_OFFSET) {
            return "FPDU, " + available + " bytes of its length";
        }
        final int ulpduLength = Fpdu.length(segment, offset);
        final int total = Fpdu.totalLength(ulpduLength);
        if (available < total) {
            return "FPDU of " + total + " bytes, " + available + " of them there";
        }
        return ulpdu(segment, offset + Fpdu.ULPDU_OFFSET, ulpduLength) + ", CRC 0x"
            + HEX.toHexDigits(Fpdu.crc(segment, offset + Fpdu.crcOffset(ulpduLength)));
    }

    /** A line for a ULPDU. */
    public static String ulpdu(final MemorySegment segment, final long offset, final int ulpduLength) {
        final int refused = DdpHeader.check(segment, offset, ulpduLength);
        if (refused != TerminateCode.NONE) {
            final byte[] begin = segment.asSlice(offset, Math.min(ulpduLength, DdpHeader.MAX_LENGTH))
                .toArray(ValueLayout.JAVA_BYTE);
            return "ULPDU of " + ulpduLength + " bytes, refused with " + TerminateCode.text(refused) + ": "
                + HEX.formatHex(begin);
        }
        final int opcode = DdpHeader.opcode(segment, offset);
        final String name = RdmapOpcode.name(opcode) + (DdpHeader.isLast(segment, offset) ? "" : " more");
        if (RdmapOpcode.isTagged(opcode)) {
            return name + at(DdpHeader.stag(segment, offset), DdpHeader.taggedOffset(segment, offset)) + ", "
                + (ulpduLength - DdpHeader.TAGGED_LENGTH) + " bytes";
        }
        return name + " MSN=" + Integer.toUnsignedString(DdpHeader.msn(segment, offset))
            + body(segment, offset, opcode, ulpduLength);
    }

    /**
     * Why it is no set-up frame: what came, and what is allowed.
     *
     * @param available as {@link SetUpFrame#parse} had it, as the others
     */
    public static String noSetUp(final SetUpResult.Reason reason, final MemorySegment segment, final long offset,
        final int available, final boolean reply) {
        return switch (reason) {
            case KEY -> "it begins with \"" + printable(segment.asSlice(offset,
                Math.min(available, SetUpFrame.KEY_LENGTH))) + "\"; allowed: \"" + SetUpFrame.keyText(reply) + "\"";
            case REVISION -> "revision " + Bytes.getByte(segment, offset + SetUpFrame.REVISION_OFFSET)
                + "; allowed: 1 to " + SetUpFrame.MAX_REVISION;
            case PRIVATE_DATA_TOO_LONG -> privateDataLength(segment, offset) + "; allowed: up to "
                + SetUpFrame.MAX_PRIVATE_DATA_LENGTH;
            case ENHANCED_DATA_MISSING -> privateDataLength(segment, offset)
                + ", though it is enhanced; allowed: at least " + EnhancedData.LENGTH;
        };
    }

    private static String privateDataLength(final MemorySegment segment, final long offset) {
        return Bytes.getShort(segment, offset + SetUpFrame.PRIVATE_DATA_LENGTH_OFFSET) + " bytes of private data";
    }

    /** What would steer a terminal comes from the peer, and is a question mark. */
    private static String printable(final MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1)
            .replaceAll("[^ -~]", "?");
    }

    private static String body(
        final MemorySegment segment, final long ulpdu, final int opcode, final int ulpduLength) {
        final long offset = ulpdu + DdpHeader.UNTAGGED_LENGTH;
        final int length = ulpduLength - DdpHeader.UNTAGGED_LENGTH;
        return switch (opcode) {
            case RdmapOpcode.READ_REQUEST -> readRequest(segment, offset);
            case RdmapOpcode.TERMINATE -> terminate(segment, offset, length);
            case RdmapOpcode.IMMEDIATE, RdmapOpcode.IMMEDIATE_SOLICITED ->
                " 0x" + HEX.toHexDigits(ImmediateData.value(segment, offset));
            case RdmapOpcode.ATOMIC_REQUEST -> atomicRequest(segment, offset);
            case RdmapOpcode.ATOMIC_RESPONSE -> " id=" + AtomicResponseHeader.identifier(segment, offset)
                + " original=0x" + HEX.toHexDigits(AtomicResponseHeader.original(segment, offset));
            default -> " MO=" + DdpHeader.messageOffset(segment, ulpdu) + (RdmapOpcode.invalidates(opcode)
                ? " invalidates 0x" + HEX.toHexDigits(DdpHeader.invalidateStag(segment, ulpdu)) : "")
                + ", " + length + " bytes";
        };
    }

    private static String at(final int stag, final long taggedOffset) {
        return " 0x" + HEX.toHexDigits(stag) + " at 0x" + Long.toHexString(taggedOffset);
    }

    private static String readRequest(final MemorySegment segment, final long offset) {
        return " " + ReadRequestHeader.size(segment, offset) + " bytes from"
            + at(ReadRequestHeader.sourceStag(segment, offset), ReadRequestHeader.sourceTaggedOffset(segment, offset))
            + " to"
            + at(ReadRequestHeader.sinkStag(segment, offset), ReadRequestHeader.sinkTaggedOffset(segment, offset));
    }

    private static String atomicRequest(final MemorySegment segment, final long offset) {
        final int operation = AtomicRequestHeader.operation(segment, offset);
        final String name = switch (operation) {
            case AtomicRequestHeader.FETCH_ADD -> " FETCH_ADD";
            case AtomicRequestHeader.COMPARE_SWAP -> " COMPARE_SWAP";
            default -> " OPERATION_" + operation;
        };
        return name + " id=" + AtomicRequestHeader.identifier(segment, offset)
            + at(AtomicRequestHeader.stag(segment, offset), AtomicRequestHeader.taggedOffset(segment, offset));
    }

    private static String terminate(final MemorySegment segment, final long offset, final int length) {
        final int headers = TerminateHeader.headers(segment, offset, length);
        final StringBuilder text = new StringBuilder(80).append(' ')
            .append(TerminateCode.text(TerminateHeader.terminateCode(segment, offset)));
        if (TerminateHeader.isSwapped(segment, offset)) {
            text.append(" (bits swapped)");
        }
        if ((headers & TerminateHeader.SEGMENT_LENGTH) != 0) {
            text.append(" for a ULPDU of ").append(TerminateHeader.segmentLength(segment, offset)).append(" bytes");
        }
        if ((headers & TerminateHeader.DDP_HEADER) != 0) {
            text.append(", ").append(
                RdmapOpcode.name(DdpHeader.opcode(segment, offset + TerminateHeader.DDP_HEADER_OFFSET)));
        }
        if ((headers & TerminateHeader.READ_REQUEST) != 0) {
            text.append(" of")
                .append(readRequest(segment, offset + TerminateHeader.readRequestOffset(segment, offset)));
        }
        return text.toString();
    }
}
