package io.rnic.emu.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The first bytes of each half-stream: MPA's request and its reply (RFC 5044 §7.1.1, RFC 6581 §6).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |        "MPA ID Req Frame" or "MPA ID Rep Frame"               |
 *   |                                                               |
 *   |                                                               |
 *   |                                                               |
 *   +-+-+-+-+-------+---------------+-------------------------------+
 *   |M|C|R|S|   0   |   revision    |     bytes of private data     |
 *   +-+-+-+-+-------+---------------+-------------------------------+
 *   |  private data; if S it begins with EnhancedData               |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>M: markers are required of the other side. C: CRCs are asked for. R, in a reply only: rejected. S: enhanced, of
 * revision 2 only.
 */
public final class SetUpFrame {
    /** Which frame it is, 16 bytes. */
    public static final int KEY_OFFSET = 0;
    /** The key's bytes. */
    public static final int KEY_LENGTH = 16;
    /** M, C, R and S, a byte. */
    public static final int FLAGS_OFFSET = 16;
    /** The revision of MPA, a byte. */
    public static final int REVISION_OFFSET = 17;
    /** How many bytes of private data, with those of EnhancedData, 2 bytes. */
    public static final int PRIVATE_DATA_LENGTH_OFFSET = 18;
    /** What every frame has. */
    public static final int HEADER_LENGTH = 20;
    /** Private data at most, with EnhancedData. */
    public static final int MAX_PRIVATE_DATA_LENGTH = 512;
    /** The longest frame. */
    public static final int MAX_LENGTH = HEADER_LENGTH + MAX_PRIVATE_DATA_LENGTH;
    /** The highest revision that is known. */
    public static final int MAX_REVISION = 2;

    private static final int MARKERS = 0x80;
    private static final int CRC = 0x40;
    private static final int REJECTED = 0x20;
    private static final int ENHANCED = 0x10;

    private static final MemorySegment REQUEST_KEY = MemorySegment.ofArray(keyText(false).getBytes(US_ASCII));
    private static final MemorySegment REPLY_KEY = MemorySegment.ofArray(keyText(true).getBytes(US_ASCII));

    private SetUpFrame() {
    }

    /** Writes a frame and returns its length, {@link SetUp#length()}; it is to be sent as one piece. */
    public static int write(final MemorySegment segment, final long offset, final SetUp setUp) {
        final EnhancedData enhanced = setUp.enhanced();
        final byte[] privateData = setUp.privateData();
        MemorySegment.copy(key(setUp.reply()), 0, segment, offset + KEY_OFFSET, KEY_LENGTH);
        Bytes.putByte(segment, offset + FLAGS_OFFSET, (setUp.markers() ? MARKERS : 0) | (setUp.crc() ? CRC : 0)
            | (setUp.rejected() ? REJECTED : 0) | (enhanced == null ? 0 : ENHANCED));
        Bytes.putByte(segment, offset + REVISION_OFFSET, setUp.revision());
        Bytes.putShort(segment, offset + PRIVATE_DATA_LENGTH_OFFSET, setUp.length() - HEADER_LENGTH);
        if (enhanced != null) {
            Bytes.putShort(segment, offset + HEADER_LENGTH, enhanced.irdWord());
            Bytes.putShort(segment, offset + HEADER_LENGTH + Short.BYTES, enhanced.ordWord());
        }
        MemorySegment.copy(privateData, 0, segment, ValueLayout.JAVA_BYTE,
            offset + setUp.length() - privateData.length, privateData.length);
        return setUp.length();
    }

    /** What a reply, or a request, begins with. */
    static String keyText(final boolean reply) {
        return reply ? "MPA ID Rep Frame" : "MPA ID Req Frame";
    }

    private static MemorySegment key(final boolean reply) {
        return reply ? REPLY_KEY : REQUEST_KEY;
    }

    /**
     * Looks at the first bytes of a half-stream. What cannot become a frame is refused by the first byte that says so;
     * nobody is waited for longer than that.
     *
     * @param available how many bytes are there, 0 or more
     * @param reply     whether a reply is expected, else a request
     */
    public static SetUpResult parse(
        final MemorySegment segment, final long offset, final int available, final boolean reply) {
        final int keyBytes = Math.min(available, KEY_LENGTH);
        if (MemorySegment.mismatch(segment, offset, offset + keyBytes, key(reply), 0, keyBytes) >= 0) {
            return new SetUpResult.Bad(SetUpResult.Reason.KEY);
        }
        if (available > REVISION_OFFSET) {
            final int revision = Bytes.getByte(segment, offset + REVISION_OFFSET);
            if (revision < 1 || revision > MAX_REVISION) {
                return new SetUpResult.Bad(SetUpResult.Reason.REVISION);
            }
        }
        return available < HEADER_LENGTH
            ? new SetUpResult.NeedMore(HEADER_LENGTH) : parseBehindKey(segment, offset, available, reply);
    }

    private static SetUpResult parseBehindKey(
        final MemorySegment segment, final long offset, final int available, final boolean reply) {
        final int flags = Bytes.getByte(segment, offset + FLAGS_OFFSET);
        final int revision = Bytes.getByte(segment, offset + REVISION_OFFSET);
        final int dataLength = Bytes.getShort(segment, offset + PRIVATE_DATA_LENGTH_OFFSET);
        final boolean isEnhanced = revision > 1 && (flags & ENHANCED) != 0;
        if (dataLength > MAX_PRIVATE_DATA_LENGTH) {
            return new SetUpResult.Bad(SetUpResult.Reason.PRIVATE_DATA_TOO_LONG);
        }
        if (isEnhanced && dataLength < EnhancedData.LENGTH) {
            return new SetUpResult.Bad(SetUpResult.Reason.ENHANCED_DATA_MISSING);
        }
        if (available < HEADER_LENGTH + dataLength) {
            return new SetUpResult.NeedMore(HEADER_LENGTH + dataLength);
        }
        final EnhancedData enhanced = isEnhanced ? EnhancedData.ofWords(Bytes.getShort(segment, offset + HEADER_LENGTH),
            Bytes.getShort(segment, offset + HEADER_LENGTH + Short.BYTES)) : null;
        final int skipped = isEnhanced ? EnhancedData.LENGTH : 0;
        final byte[] privateData = new byte[dataLength - skipped];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset + HEADER_LENGTH + skipped, privateData, 0,
            privateData.length);
        return new SetUpResult.Parsed(
            new SetUp(reply, (flags & MARKERS) != 0, (flags & CRC) != 0, reply && (flags & REJECTED) != 0, revision,
                enhanced, privateData), HEADER_LENGTH + dataLength);
    }
}
