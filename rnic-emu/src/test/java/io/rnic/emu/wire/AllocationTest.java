package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A frame written and read, with its CRC and with markers, allocates nothing. */
class AllocationTest {
    private static final int WARM_UP = 15_000;
    private static final int COUNTED = 10_000;
    private static final int PAYLOAD = 3000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CRC32C calculator = new CRC32C();
    private int bad;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAllocateNothing(final boolean isNative) {
        final MemorySegment frame = allocate(isNative);
        final MemorySegment stream = allocate(isNative);
        final ByteBuffer frameView = frame.asByteBuffer();
        final ByteBuffer streamView = stream.asByteBuffer();
        for (int i = 0; i < WARM_UP; i++) {
            roundTrip(frame, frameView, stream, streamView, 4L * i);
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < COUNTED; i++) {
            roundTrip(frame, frameView, stream, streamView, 4L * i);
        }
        final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bad).isZero();
        assertThat(bytes / COUNTED).as("%d bytes in %d frames", bytes, COUNTED).isZero();
    }

    private static MemorySegment allocate(final boolean isNative) {
        return isNative ? Arena.ofAuto().allocate(4096) : MemorySegment.ofArray(new byte[4096]);
    }

    private void roundTrip(final MemorySegment frame, final ByteBuffer frameView, final MemorySegment stream,
        final ByteBuffer streamView, final long position) {
        final int ulpduLength = DdpHeader.TAGGED_LENGTH + PAYLOAD;
        final int length = Fpdu.totalLength(ulpduLength);
        Fpdu.length(frame, 0, ulpduLength);
        DdpHeader.writeTagged(frame, Fpdu.ULPDU_OFFSET, RdmapOpcode.WRITE, true, 1, position);
        Fpdu.crc(calculator, frameView, 0, Fpdu.crcOffset(ulpduLength));
        Fpdu.writeTrailer(frame, Fpdu.ULPDU_OFFSET + ulpduLength, ulpduLength, (int) calculator.getValue());
        final int marked = Markers.insert(frame, 0, length, stream, 0, position, position);
        Fpdu.crc(stream, marked - Fpdu.CRC_LENGTH, Fpdu.crc(calculator, streamView, 0, marked - Fpdu.CRC_LENGTH));
        if (!Fpdu.isCrcGood(calculator, streamView, stream, 0, marked) || !Markers.remove(stream, 0, length, position)
            || DdpHeader.check(stream, Fpdu.ULPDU_OFFSET, Fpdu.length(stream, 0)) != TerminateCode.NONE
            || DdpHeader.taggedOffset(stream, Fpdu.ULPDU_OFFSET) != position) {
            bad++;
        }
    }
}
