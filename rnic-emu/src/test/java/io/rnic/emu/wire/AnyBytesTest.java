package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No bytes make a decoder throw or read further than it may (the segment ends there, so that a read beyond throws), and
 * what it says is valid is written again to the same bytes, but for reserved bits. Half of the inputs are valid
 * messages with some bits turned over, or cut, for bytes drawn at random seldom get far.
 */
class AnyBytesTest {
    private static final int ROUNDS = 200_000;
    private static final String REQUEST_KEY = "4d504120494420526571204672616d65";

    private final CRC32C calculator = new CRC32C();

    private static byte[] damaged(final Random random, final byte[] valid) {
        final byte[] bytes = random.nextInt(8) == 0
            ? Arrays.copyOf(valid, random.nextInt(valid.length + 3)) : valid;
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(Math.min(bytes.length, 24))] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] drawn(final Random random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] ulpdu(final Random random) {
        if (random.nextInt(4) == 0) {
            return drawn(random, random.nextInt(100));
        }
        final int opcode = random.nextInt(12);
        final int fixed = RdmapOpcode.fixedLength(opcode);
        final int header = RdmapOpcode.isTagged(opcode) ? DdpHeader.TAGGED_LENGTH : DdpHeader.UNTAGGED_LENGTH;
        final byte[] bytes = drawn(random, header + (fixed >= 0 ? fixed : random.nextInt(60)));
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        final boolean last = fixed >= 0 || random.nextBoolean();
        if (RdmapOpcode.isTagged(opcode)) {
            DdpHeader.writeTagged(segment, 0, opcode, last, random.nextInt(), random.nextLong());
        } else {
            DdpHeader.writeUntagged(segment, 0, opcode, last, random.nextInt(), random.nextInt(),
                RdmapOpcode.isSend(opcode) ? random.nextInt() : 0);
        }
        return damaged(random, bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldCheckAnyUlpdu(final long seed) {
        final Random random = new Random(seed);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final MemorySegment ulpdu = MemorySegment.ofArray(ulpdu(random));
            final int length = (int) ulpdu.byteSize();
            final int code = DdpHeader.check(ulpdu, 0, length);
            assertThat(WireText.ulpdu(ulpdu, 0, length)).isNotEmpty().hasSizeLessThan(300);
            assertTerminateOf(ulpdu, code == 0 || random.nextBoolean()
                ? TerminateCode.of(random.nextInt(3), random.nextInt(3), 1) : code);
            if (code == TerminateCode.NONE) {
                good++;
                assertSameAgain(ulpdu, length);
            } else {
                assertThat(TerminateCode.isDefined(code)).isTrue();
            }
        }
        assertThat(good).isBetween(ROUNDS / 4, ROUNDS - ROUNDS / 4);
    }

    private static void assertSameAgain(final MemorySegment ulpdu, final int length) {
        final MemorySegment again = Hex.filled(length);
        Recoder.ulpdu(ulpdu, 0, length, again, 0);
        assertThat(DdpHeader.check(again, 0, length)).isZero();
        final MemorySegment third = Hex.filled(length);
        Recoder.ulpdu(again, 0, length, third, 0);
        assertThat(again.mismatch(third)).isEqualTo(-1);
        final MemorySegment expected = MemorySegment.ofArray(new byte[length]).copyFrom(ulpdu);
        clearReserved(expected);
        assertThat(Hex.text(again)).isEqualTo(Hex.text(expected));
    }

    private static void clearReserved(final MemorySegment ulpdu) {
        final int opcode = DdpHeader.opcode(ulpdu, 0);
        Bytes.putByte(ulpdu, 0, Bytes.getByte(ulpdu, 0) & ~0x3C);
        Bytes.putByte(ulpdu, 1, Bytes.getByte(ulpdu, 1) & ~0x30);
        if (!RdmapOpcode.isTagged(opcode) && !RdmapOpcode.invalidates(opcode)) {
            Bytes.putInt(ulpdu, DdpHeader.INVALIDATE_STAG_OFFSET, 0);
        }
        if (opcode == RdmapOpcode.ATOMIC_REQUEST) {
            Bytes.putInt(ulpdu, DdpHeader.UNTAGGED_LENGTH, Bytes.getInt(ulpdu, DdpHeader.UNTAGGED_LENGTH) & 0xF);
        }
    }

    /** What refuses a ULPDU is read back as it was meant, and carries none of its payload. */
    private static void assertTerminateOf(final MemorySegment ulpdu, final int code) {
        final MemorySegment terminate = Hex.filled(TerminateHeader.MAX_LENGTH);
        final int length = TerminateHeader.write(terminate, 0, code, ulpdu, 0, (int) ulpdu.byteSize());
        if (TerminateCode.isDefined(code)) {
            assertThat(TerminateHeader.terminateCode(terminate, 0)).isEqualTo(code);
            assertThat(TerminateHeader.isSwapped(terminate, 0)).isFalse();
        }
        final int headers = TerminateHeader.headers(terminate, 0, length);
        final int carried = headers == 0 ? 0 : length - TerminateHeader.DDP_HEADER_OFFSET;
        if (carried > 0) {
            assertThat(TerminateHeader.segmentLength(terminate, 0)).isEqualTo((int) ulpdu.byteSize());
            assertThat(MemorySegment.mismatch(ulpdu, 0, carried, terminate, 6, 6L + carried)).isEqualTo(-1);
        }
        assertThat(carried).isEqualTo((headers & TerminateHeader.DDP_HEADER) == 0 ? 0 : DdpHeader.length(ulpdu, 0)
            + ((headers & TerminateHeader.READ_REQUEST) == 0 ? 0 : ReadRequestHeader.LENGTH));
    }

    @ParameterizedTest
    @ValueSource(longs = {3})
    void shouldReadAnyTerminate(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            final MemorySegment terminate = MemorySegment.ofArray(drawn(random, 4 + random.nextInt(60)));
            final int length = (int) terminate.byteSize();
            final int headers = TerminateHeader.headers(terminate, 0, length);
            assertThat(TerminateHeader.terminateCode(terminate, 0)).isBetween(0x10000, 0x1FFFF);
            if ((headers & TerminateHeader.READ_REQUEST) != 0) {
                ReadRequestHeader.sourceTaggedOffset(terminate, TerminateHeader.readRequestOffset(terminate, 0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4})
    void shouldParseAnySetUpFrame(final long seed) {
        final Random random = new Random(seed);
        int parsed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final MemorySegment bytes = MemorySegment.ofArray(setUpFrame(random));
            final int available = (int) bytes.byteSize();
            switch (SetUpFrame.parse(bytes, 0, available, false)) {
                case SetUpResult.Parsed(SetUp setUp, int length) -> {
                    parsed++;
                    final MemorySegment again = Hex.filled(length);
                    assertThat(SetUpFrame.write(again, 0, setUp)).isEqualTo(length).isLessThanOrEqualTo(available);
                    assertThat(SetUpFrame.parse(again, 0, length, false))
                        .isEqualTo(new SetUpResult.Parsed(setUp, length));
                }
                case SetUpResult.NeedMore(int length) ->
                    assertThat(length).isGreaterThan(available).isLessThanOrEqualTo(SetUpFrame.MAX_LENGTH);
                case SetUpResult.Bad bad -> assertThat(bad.reason()).isNotNull();
            }
        }
        assertThat(parsed).isGreaterThan(ROUNDS / 10);
    }

    private static byte[] setUpFrame(final Random random) {
        final byte[] bytes = drawn(random, random.nextInt(20) == 0 ? random.nextInt(600) : 20 + random.nextInt(16));
        if (random.nextInt(8) != 0 && bytes.length >= 20) {
            System.arraycopy(Hex.bytes(REQUEST_KEY), 0, bytes, 0, 16);
            bytes[17] = (byte) (1 + random.nextInt(2));
            bytes[18] = (byte) (random.nextInt(20) == 0 ? random.nextInt(4) : 0);
            bytes[19] = (byte) random.nextInt(24);
        }
        return random.nextInt(8) == 0 ? damaged(random, bytes) : bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {5})
    void shouldTellAnyFrame(final long seed) {
        final Random random = new Random(seed);
        final Recoder recoder = new Recoder();
        for (int round = 0; round < ROUNDS / 4; round++) {
            final byte[] ulpdu = ulpdu(random);
            final MemorySegment frame = Hex.filled(Fpdu.totalLength(ulpdu.length));
            Fpdu.length(frame, 0, ulpdu.length);
            MemorySegment.copy(MemorySegment.ofArray(ulpdu), 0, frame, 2, ulpdu.length);
            final int covered = Fpdu.crcOffset(ulpdu.length);
            Fpdu.writeTrailer(frame, 2 + ulpdu.length, ulpdu.length, 0);
            Fpdu.crc(frame, covered, Fpdu.crc(calculator, frame.asByteBuffer(), 0, covered));
            final int size = (int) frame.byteSize();
            assertThat(Fpdu.isCrcGood(calculator, frame.asByteBuffer(), frame, 0, size)).isTrue();
            final int available = random.nextInt(size + 1);
            assertThat(WireText.fpdu(frame.asSlice(0, available), 0, available)).isNotEmpty();
            if (DdpHeader.check(frame, 2, ulpdu.length) == TerminateCode.NONE) {
                assertThat(recoder.recode(frame, 0, true).byteSize()).isEqualTo(size);
            }
        }
    }

    /** Markers that are not where they should be, or anything in their place: refused or not, within the bytes. */
    @ParameterizedTest
    @ValueSource(longs = {6})
    void shouldTakeMarkersOutOfAnything(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS / 10; round++) {
            final int length = Fpdu.totalLength(random.nextInt(2000));
            final long position = random.nextLong(1L << 40) * 4;
            final MemorySegment bytes = MemorySegment.ofArray(drawn(random, Markers.totalLength(position, length)));
            final boolean good = Markers.remove(bytes, 0, length, position);
            assertThat(good && bytes.byteSize() >= length + 8L).as("two markers right by chance").isFalse();
        }
    }
}
