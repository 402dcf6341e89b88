package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.RawPeer;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With CRCs no bit of an FPDU may change on its way, with markers or without, in one piece or in two. */
class BadFrameTest {
    private static final int TIMEOUT_MS = 3_600_000;
    private static final int PAYLOAD_BYTES = 600;

    private static StreamRig connect(final boolean markers) {
        return new StreamRig(new TcpStream.Agreement(true, markers, false, true, TIMEOUT_MS));
    }

    /** A Write that is longer than from one marker to the next, as the first of its half-stream. */
    private static byte[] frame(final StreamRig rig, final boolean markers) {
        final byte[] payload = new byte[PAYLOAD_BYTES];
        Arrays.fill(payload, (byte) 0x5e);
        final byte[] plain =
            RawPeer.tagged(RdmapOpcode.WRITE, rig.target().key(), rig.target().address(), true, payload);
        if (!markers) {
            return plain;
        }
        final byte[] marked = new byte[Markers.totalLength(0, plain.length)];
        final MemorySegment frame = MemorySegment.ofArray(marked);
        Markers.insert(MemorySegment.ofArray(plain), 0, plain.length, frame, 0, 0, 0);
        final CRC32C crc = new CRC32C();
        crc.update(marked, 0, marked.length - Fpdu.CRC_LENGTH);
        Fpdu.crc(frame, marked.length - Fpdu.CRC_LENGTH, (int) crc.getValue());
        return marked;
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 100", "true, 100", "true, 514"})
    void noBitShouldChange(final boolean markers, final int split) {
        try (StreamRig rig = connect(markers)) {
            assertThat(deliver(rig, frame(rig, markers), split)).as("as it was sent").isTrue();
            assertThat(rig.memory()).contains(0x5e);
        }
        // Not of the length: the frame would end elsewhere.
        final int behindLength = (markers ? Markers.LENGTH : 0) + Fpdu.ULPDU_OFFSET;
        for (int bit = 0; bit < Byte.SIZE * (PAYLOAD_BYTES + behindLength); bit += 5) {
            try (StreamRig rig = connect(markers)) {
                final byte[] bad = frame(rig, markers);
                final int at = bit / Byte.SIZE < behindLength - Fpdu.ULPDU_OFFSET ? bit / Byte.SIZE
                    : bit / Byte.SIZE + Fpdu.ULPDU_OFFSET;
                bad[at] ^= (byte) (1 << bit % Byte.SIZE);
                final byte[] before = rig.memory();
                assertThat(deliver(rig, bad, split)).as("with bit %s of byte %s changed", bit % 8, at).isFalse();
                assertThat(rig.memory()).isEqualTo(before);
            }
        }
    }

    private static boolean deliver(final StreamRig rig, final byte[] bytes, final int split) {
        return (split == 0 || rig.arrive(bytes, 0, split)) && rig.arrive(bytes, split, bytes.length - split);
    }
}
