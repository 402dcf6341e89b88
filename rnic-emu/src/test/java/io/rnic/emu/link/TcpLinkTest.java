package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Segments of all lengths, of one piece of memory or many, that leave alone or together, and some that are taken back:
 * what the peer reads is what an obvious writer makes of them, and memory is not looked at when it may have changed.
 */
@Timeout(60)
class TcpLinkTest {
    private static final int MULPDU = 60_000;
    private static final int MAX_PIECES = 16;
    private static final int MEMORY_BYTES = 1 << 20;
    private static final int SEGMENTS = 600;
    private static final int LONG = 1 << 13;

    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
    private final MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES);
    private RandomGenerator random = RandomGenerator.getDefault();

    @BeforeEach
    void assumeEpoll() {
        assumeTrue(Epoll.isAvailable());
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void shouldSendWhatAnObviousWriterWould(final boolean crc, final boolean markers) throws Exception {
        final long seed = System.nanoTime();
        random = new Random(seed);
        change();
        try (LinkedSocket socket = new LinkedSocket()) {
            final TcpLink link = socket.link(MULPDU, crc, markers);
            for (int i = 0; i < SEGMENTS; i++) {
                socket.awaitRoom();
                final boolean follows = random.nextInt(8) != 0;
                final boolean ends = segment(link, follows, crc, markers);
                if (ends) {
                    assertThat(link.end(follows)).isEqualTo(Terminate.NONE);
                } else {
                    link.abandon();
                }
                final boolean flushes = random.nextInt(40) == 0;
                if (flushes) {
                    assertThat(link.flush()).isEqualTo(Terminate.NONE);
                }
                if (flushes || (ends && !follows)) {
                    change();
                }
            }
            assertThat(link.flush()).isEqualTo(Terminate.NONE);
            assertThat(MemorySegment.ofArray(socket.received()).mismatch(MemorySegment.ofArray(expected.toByteArray())))
                .as("seed %d", seed).isEqualTo(-1);
        }
    }

    /** The application may do so when it has been told of all that was posted before. */
    private void change() {
        for (int at = 0; at < MEMORY_BYTES; at += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
    }

    /** Begins a segment and adds its payload; whether it is to be ended, else it is to be taken back. */
    private boolean segment(final TcpLink link, final boolean follows, final boolean crc, final boolean markers) {
        final int length = random.nextBoolean() ? random.nextInt(64) : random.nextInt(LONG, link.maxTagged() + 1);
        final int stag = random.nextInt();
        final long taggedOffset = random.nextLong();
        final int ulpduLength = DdpHeader.TAGGED_LENGTH + length;
        final MemorySegment frame = MemorySegment.ofArray(new byte[Fpdu.totalLength(ulpduLength)]);
        Fpdu.length(frame, 0, ulpduLength);
        DdpHeader.writeTagged(
            frame, Fpdu.ULPDU_OFFSET, RdmapOpcode.WRITE, !follows, stag, taggedOffset);
        final int payloadAt = Fpdu.ULPDU_OFFSET + DdpHeader.TAGGED_LENGTH;
        link.tagged(RdmapOpcode.WRITE, stag, taggedOffset, length, !follows);
        final int pieces = length < MAX_PIECES ? Math.min(length, 1) : random.nextInt(1, MAX_PIECES + 1);
        int done = 0;
        for (int left = pieces; left > 0; left--) {
            final int bytes = left == 1 ? length - done : random.nextInt(1, (length - done) / left + 1);
            final int from = random.nextInt(MEMORY_BYTES - bytes);
            if (random.nextInt(100) == 0) {
                return false;
            }
            assertThat(link.payload(memory, from, bytes)).isEqualTo(Terminate.NONE);
            MemorySegment.copy(memory, from, frame, payloadAt + done, bytes);
            done += bytes;
        }
        expect(frame, crc, markers);
        return true;
    }

    private void expect(final MemorySegment frame, final boolean crc, final boolean markers) {
        final int length = (int) frame.byteSize();
        final int position = expected.size();
        final byte[] sent = new byte[markers ? Markers.totalLength(position, length) : length];
        final MemorySegment marked = MemorySegment.ofArray(sent);
        if (markers) {
            Markers.insert(frame, 0, length, marked, 0, position, position);
        } else {
            marked.copyFrom(frame);
        }
        if (crc) {
            final CRC32C calculator = new CRC32C();
            calculator.update(sent, 0, sent.length - Fpdu.CRC_LENGTH);
            Fpdu.crc(marked, sent.length - Fpdu.CRC_LENGTH, (int) calculator.getValue());
        }
        expected.writeBytes(sent);
    }

    /** What was ended before it has left all the same, and nothing behind it. */
    @Test
    void shouldTellThatMemoryIsGoneOfWhatWasToLeaveTogether() throws Exception {
        try (LinkedSocket socket = new LinkedSocket()) {
            socket.awaitRoom();
            final TcpLink link = socket.link(MULPDU, false, false);
            link.tagged(RdmapOpcode.WRITE, 1, 0, 0, true);
            assertThat(link.end(true)).isEqualTo(Terminate.NONE);
            try (Arena arena = Arena.ofShared()) {
                link.tagged(RdmapOpcode.WRITE, 1, 0, LONG, true);
                assertThat(link.payload(arena.allocate(LONG), 0, LONG)).isEqualTo(Terminate.NONE);
                assertThat(link.end(true)).isEqualTo(Terminate.NONE);
            }
            link.tagged(RdmapOpcode.WRITE, 1, 0, 0, true);
            assertThat(link.end(true)).isEqualTo(Terminate.NONE);
            assertThat(link.flush()).isEqualTo(Terminate.LOCAL_FAULT);
            assertThat(link.flush()).isEqualTo(Terminate.NONE);
            assertThat(socket.received()).hasSize(Fpdu.totalLength(DdpHeader.TAGGED_LENGTH));
        }
    }
}
