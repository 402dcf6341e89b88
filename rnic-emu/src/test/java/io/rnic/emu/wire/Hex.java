package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/** Literal bytes for tests. */
final class Hex {
    private Hex() {
    }

    /** A segment of the bytes; blanks are for the reader. */
    static MemorySegment segment(final String hex) {
        return MemorySegment.ofArray(bytes(hex));
    }

    static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    static String text(final MemorySegment segment, final long offset, final long length) {
        return HexFormat.of().formatHex(segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    static String text(final MemorySegment segment) {
        return text(segment, 0, segment.byteSize());
    }

    /** Memory in which every byte that is not written shows. */
    static MemorySegment filled(final int length) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xA5);
        return MemorySegment.ofArray(bytes);
    }
}
