package io.rnic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * No bytes make the decoder of set-up frames throw or read beyond them; what it takes is written again to the same
 * bytes, but for reserved bits; and what it says of the first bytes of a frame it does not take back.
 */
class SetUpFuzz {
    private static final int RESERVED = 0x0F;
    private static final int REJECTED = 0x20;
    private static final int ENHANCED = 0x10;
    private static final int PEER_TO_PEER = 0x80;
    private static final int HIGH_BITS = 0xC0;

    @FuzzTest
    void parse(final byte[] input) {
        for (final boolean reply : new boolean[] {false, true}) {
            final SetUpResult whole = parse(input, input.length, reply);
            final int cut = input.length == 0 ? 0 : (input[input.length - 1] & 0xFF) % (input.length + 1);
            checkCut(parse(input, cut, reply), whole, cut);
            if (whole instanceof SetUpResult.Parsed(SetUp setUp, int length)) {
                checkSame(input, reply, setUp, length);
            }
        }
    }

    /** The segment ends where the bytes do, so that a read beyond throws. */
    private static SetUpResult parse(final byte[] input, final int available, final boolean reply) {
        return SetUpFrame.parse(MemorySegment.ofArray(input).asSlice(0, available), 0, available, reply);
    }

    private static void checkCut(final SetUpResult cut, final SetUpResult whole, final int available) {
        final boolean fits = switch (cut) {
            case SetUpResult.Bad bad -> whole instanceof SetUpResult.Bad;
            case SetUpResult.NeedMore(int length) -> length > available && length <= SetUpFrame.MAX_LENGTH;
            case SetUpResult.Parsed parsed -> parsed.length() <= available && parsed.equals(whole);
        };
        Checks.that(fits, () -> "of " + available + " bytes it says " + cut + ", of all " + whole);
    }

    private static void checkSame(final byte[] input, final boolean reply, final SetUp setUp, final int length) {
        final byte[] again = new byte[length];
        final int written = SetUpFrame.write(MemorySegment.ofArray(again), 0, setUp);
        final byte[] expected = Arrays.copyOf(input, length);
        final int reserved = RESERVED | (reply ? 0 : REJECTED) | (setUp.revision() == 1 ? ENHANCED : 0);
        expected[SetUpFrame.FLAGS_OFFSET] &= (byte) ~reserved;
        if (setUp.isEnhanced() && (expected[SetUpFrame.HEADER_LENGTH] & PEER_TO_PEER) == 0) {
            expected[SetUpFrame.HEADER_LENGTH] &= (byte) ~HIGH_BITS;
            expected[SetUpFrame.HEADER_LENGTH + Short.BYTES] &= (byte) ~HIGH_BITS;
        }
        Checks.that(written == length && Arrays.equals(again, expected),
            () -> setUp + " is written as other bytes than it was read from");
    }
}
