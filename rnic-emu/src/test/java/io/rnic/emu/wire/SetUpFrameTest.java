package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetUpFrameTest {
    private static final String REQUEST = "4d504120494420526571204672616d65";
    private static final String REPLY = "4d504120494420526570204672616d65";
    private static final byte[] NOTHING = new byte[0];

    private static SetUpResult parse(final String hex, final boolean reply) {
        final MemorySegment segment = Hex.segment("a5" + hex);
        return SetUpFrame.parse(segment, 1, (int) segment.byteSize() - 1, reply);
    }

    private static String write(final SetUp setUp) {
        final MemorySegment segment = Hex.filled(SetUpFrame.MAX_LENGTH + 2);
        final int length = SetUpFrame.write(segment, 1, setUp);
        assertThat(length).isEqualTo(setUp.length());
        assertThat(Hex.text(segment, 0, 1) + Hex.text(segment, length + 1, 1)).isEqualTo("a5a5");
        return Hex.text(segment, 1, length);
    }

    private static void assertBothWays(final String hex, final SetUp setUp) {
        assertThat(write(setUp)).isEqualTo(hex);
        assertThat(parse(hex, setUp.reply())).isEqualTo(new SetUpResult.Parsed(setUp, hex.length() / 2));
        assertThat(parse(hex + "0017", setUp.reply())).as("with an FPDU behind")
            .isEqualTo(new SetUpResult.Parsed(setUp, hex.length() / 2));
        for (int length = 0; length < hex.length() / 2; length++) {
            assertThat(parse(hex.substring(0, 2 * length), setUp.reply())).as("%d bytes", length)
                .isEqualTo(new SetUpResult.NeedMore(length < 20 ? 20 : hex.length() / 2));
        }
    }

    @Test
    void shouldReadAndWriteThoseOfRping() {
        assertBothWays(REQUEST + "10020004" + "00010001",
            SetUp.request(false, false, EnhancedData.ofDepths(1, 1), NOTHING));
        assertBothWays(REPLY + "50020004" + "00010001",
            new SetUp(true, false, true, false, 2, EnhancedData.ofDepths(1, 1), NOTHING));
    }

    @Test
    void shouldReadAndWriteRevision1() {
        assertBothWays(REQUEST + "c0010003" + "616263",
            new SetUp(false, true, true, false, 1, null, new byte[] {'a', 'b', 'c'}));
        assertBothWays(REPLY + "20010000", new SetUp(true, false, false, true, 1, null, NOTHING));
    }

    @Test
    void shouldReadAndWriteRevision2ThatIsNotEnhanced() {
        assertBothWays(REQUEST + "00020004" + "00010001",
            new SetUp(false, false, false, false, 2, null, new byte[] {0, 1, 0, 1}));
    }

    @Test
    void shouldReadAndWriteEachBitOfTheEnhancedData() {
        assertBothWays(REPLY + "f0020006" + "c0028004" + "7879",
            new SetUp(true, true, true, true, 2, new EnhancedData(true, true, true, false, 2, 4),
                new byte[] {'x', 'y'}));
        assertBothWays(REQUEST + "10020004" + "bfff7fff", SetUp.request(false, false,
            new EnhancedData(true, false, false, true, EnhancedData.NOT_NEGOTIATED, EnhancedData.NOT_NEGOTIATED),
            NOTHING));
    }

    @Test
    void shouldReadAndWriteTheLongestPrivateData() {
        assertBothWays(REQUEST + "00010200" + "5a".repeat(512),
            new SetUp(false, false, false, false, 1, null, Hex.bytes("5a".repeat(512))));
        assertBothWays(REQUEST + "10020200" + "00000000" + "5a".repeat(508),
            SetUp.request(false, false, EnhancedData.ofDepths(0, 0), Hex.bytes("5a".repeat(508))));
    }

    @Test
    void shouldIgnoreWhatMeansNothing() {
        assertThat(parse(REQUEST + "3f010004" + "f001f001", false)).as("R of a request, S of revision 1, reserved bits")
            .isEqualTo(new SetUpResult.Parsed(
                new SetUp(false, false, false, false, 1, null, Hex.bytes("f001f001")), 24));
        assertThat(parse(REPLY + "1f020004" + "4001c001", true)).as("RTR without A")
            .isEqualTo(new SetUpResult.Parsed(
                new SetUp(true, false, false, false, 2, EnhancedData.ofDepths(1, 1), NOTHING), 24));
    }

    @ParameterizedTest
    @CsvSource({
        "00000000, REVISION", "00030000, REVISION", "00ff0000, REVISION", "0003, REVISION",
        "00010201, PRIVATE_DATA_TOO_LONG", "1002ffff, PRIVATE_DATA_TOO_LONG",
        "10020000, ENHANCED_DATA_MISSING", "1002000300000000, ENHANCED_DATA_MISSING"})
    void shouldRefuse(final String rest, final SetUpResult.Reason reason) {
        assertThat(parse(REQUEST + rest, false)).isEqualTo(new SetUpResult.Bad(reason));
        assertThat(parse(REPLY + rest, true)).isEqualTo(new SetUpResult.Bad(reason));
    }

    @Test
    void shouldRefuseAWrongKeyByItsFirstWrongByte() {
        for (int at = 0; at < SetUpFrame.KEY_LENGTH; at++) {
            final byte[] bytes = Hex.bytes(REQUEST.substring(0, 2 * at + 2));
            bytes[at] ^= 0x20;
            assertThat(SetUpFrame.parse(MemorySegment.ofArray(bytes), 0, at, false))
                .isEqualTo(new SetUpResult.NeedMore(20));
            assertThat(SetUpFrame.parse(MemorySegment.ofArray(bytes), 0, at + 1, false))
                .isEqualTo(new SetUpResult.Bad(SetUpResult.Reason.KEY));
        }
        assertThat(parse(REPLY.substring(0, 22), false)).as("two that answer")
            .isEqualTo(new SetUpResult.Bad(SetUpResult.Reason.KEY));
        assertThat(parse(REQUEST.substring(0, 22), true)).as("two that ask")
            .isEqualTo(new SetUpResult.Bad(SetUpResult.Reason.KEY));
    }

    @Test
    void shouldAnswerInKind() {
        final EnhancedData depths = EnhancedData.ofDepths(3, 4);
        final SetUp plain = new SetUp(false, false, false, false, 1, null, NOTHING);
        assertThat(write(plain.accept(true, false, depths, NOTHING))).isEqualTo(REPLY + "80010000");
        assertThat(write(SetUp.request(true, true, depths, NOTHING).reject(false, true, depths, NOTHING)))
            .isEqualTo(REPLY + "7002000400030004");
    }

    @Test
    void shouldNotBeMadeOfWhatNoFrameCanHold() {
        assertThatThrownBy(() -> new SetUp(false, false, false, false, 1, null, new byte[513]))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bytes=513, allowed: 512");
        assertThatThrownBy(() -> SetUp.request(false, false, EnhancedData.ofDepths(0, 0), new byte[509]))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bytes=509, allowed: 508");
        assertThatThrownBy(() -> new SetUp(false, false, false, false, 1, EnhancedData.ofDepths(0, 0), NOTHING))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SetUp(false, false, false, true, 1, null, NOTHING))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EnhancedData.ofDepths(0x4000, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EnhancedData.ofDepths(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
