package io.rnic.emu.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.host.MemoryFaults;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short messages that travel in the completion and are placed by the host. */
class CompletionPayloadTest {
    private static final int SLOTS = 4;
    private static final int MAX = CompletionLayout.MAX_PAYLOAD_BYTES;

    private final SharedMemory.Block block =
        new SharedMemory().allocate(CompletionLayout.ENTRIES + SLOTS * CompletionLayout.ENTRY_BYTES);
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xFFFF);
    private final HostQueuePair queuePair = QueueFixture.queuePair(1, 16);
    private final CompletionReader reader = new CompletionReader(block, SLOTS, 33, queuePairs);
    private final CompletionWriter writer = new CompletionWriter(block, SLOTS, 33, null, new AsyncEvents("test"));
    private final byte[] memory = new byte[256];
    /** Messages that {@link #carried} has sent. */
    private int posted;

    @TempDir
    private Path folder;

    CompletionPayloadTest() {
        queuePairs.add(queuePair);
    }

    private int push(final String message, final int slot) {
        return writer.pushMessage(
            MemorySegment.ofArray(message.getBytes(US_ASCII)), 0, message.length(), 1, slot);
    }

    private void post(final MemoryRegion region, final int offset) {
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(offset).sge(region, offset, 100)))
            .isEqualTo(PostResult.OK);
    }

    @Test
    void shouldWriteTheMessageBehindTheHeaderOfTheEntry() {
        assertThat(push("hello", -2)).isEqualTo(CompletionWriter.REPORTED);
        final MemorySegment ring = block.segment();
        // phase 1, flag, opcode 128, status 0, length
        assertThat(ring.get(ValueLayout.JAVA_LONG, 256)).isEqualTo(0x8001_8000_0000_0005L);
        assertThat(ring.get(ValueLayout.JAVA_LONG, 264)).isEqualTo(0x0000_0001_FFFF_FFFEL);
        assertThat(ring.asSlice(256 + 24, 6).toArray(ValueLayout.JAVA_BYTE)).isEqualTo("hello\0".getBytes(US_ASCII));
    }

    @Test
    void shouldPlaceEachMessageWhereItsReceiveSaysOverManyLaps() {
        final MemoryRegion region = new HostRegion(MemorySegment.ofArray(memory));
        final List<String> seen = new ArrayList<>();
        for (int lap = 0; lap < 1_000; lap++) {
            post(region, 0);
            post(region, 50);
            push("a" + lap, lap * 2);
            push("b" + lap, lap * 2 + 1);
            assertThat(memory).containsOnly(0);
            seen.clear();
            reader.poll(c -> seen.add(new String(memory, (int) c.wrId(), c.byteLength(), US_ASCII)), 10);
            assertThat(seen).containsExactly("a" + lap, "b" + lap);
            MemorySegment.ofArray(memory).fill((byte) 0);
        }
    }

    @Test
    void shouldPlaceAllBytesAndNotOneMore() {
        post(new HostRegion(MemorySegment.ofArray(memory)), 7);
        push("x".repeat(MAX), 0);
        assertThat(reader.poll(c -> assertThat(c.byteLength()).isEqualTo(MAX), 1)).isEqualTo(1);
        assertThat(new String(memory, US_ASCII))
            .isEqualTo("\0".repeat(7) + "x".repeat(MAX) + "\0".repeat(256 - 7 - MAX));
    }

    /** A slot names a region, no memory that the host knows, or a region behind a piece of nothing, by turns. */
    @Test
    void shouldPlaceIntoWhatTheSlotNamesThisTime() {
        final QueueLimits limits = QueueFixture.limits(2, 2, 0);
        final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
        final HostQueuePair other =
            new HostQueuePair(2, blocks, limits, new QueueFixture.CountingDoorbell(), () -> { });
        queuePairs.add(other);
        final Arena arena = Arena.ofAuto();
        final List<MemorySegment> targets = List.of(arena.allocate(64), arena.allocate(64), arena.allocate(64));
        for (int lap = 0; lap < 60; lap++) {
            final MemorySegment target = targets.get(lap % 3);
            final long offset = lap % 16;
            final MemoryRegion region = new HostRegion(target);
            final ReceiveRequest receive = new ReceiveRequest().receive(lap);
            final boolean isKnown = lap % 4 < 2;
            switch (lap % 4) {
                case 0, 1 -> receive.sge(region, offset, 40);
                case 2 -> receive.sge(target.address() + offset, 40, 5);
                default -> receive.sge(region, 50, 0).sge(region, offset, 40);
            }
            assertThat(other.receives().post(receive)).isEqualTo(PostResult.OK);
            final int slot = (lap & 1) * ReceiveSlotLayout.stride(2);
            assertThat(SgeLayout.isHostPlaced(Words.getLong(blocks.receive().address() + slot + SgeLayout.EXTENT)))
                .isEqualTo(isKnown);
            final byte[] message = ("lap " + lap).getBytes(US_ASCII);
            if (isKnown) {
                writer.pushMessage(MemorySegment.ofArray(message), 0, message.length, 2, lap);
            } else {
                writer.push(CompletionOpcode.RECEIVE, CompletionStatus.SUCCESS, 0, 2, lap, 0);
            }
            assertThat(reader.poll(c -> { }, 1)).isEqualTo(1);
            final byte[] expected = new byte[64];
            if (isKnown) {
                System.arraycopy(message, 0, expected, (int) offset, message.length);
            }
            assertThat(target.toArray(ValueLayout.JAVA_BYTE)).as("lap %d", lap).isEqualTo(expected);
            target.fill((byte) 0);
            targets.forEach(clean -> assertThat(clean.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0));
        }
    }

    @Test
    void shouldReportNothingWhenTheSourceIsGone() {
        final MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(8);
        }
        assertThat(writer.pushMessage(gone, 0, 8, 1, 0)).isEqualTo(CompletionWriter.SOURCE_FAULT);
        assertThat(writer.pushMessage(MemorySegment.ofArray(memory), 250, 8, 1, 0))
            .isEqualTo(CompletionWriter.SOURCE_FAULT);
        assertThat(reader.poll(c -> { }, 1)).isZero();
        post(new HostRegion(MemorySegment.ofArray(memory)), 0);
        assertThat(push("next", 0)).isEqualTo(CompletionWriter.REPORTED);
        assertThat(reader.poll(c -> { }, 1)).isEqualTo(1);
        assertThat(new String(memory, 0, 4, US_ASCII)).isEqualTo("next");
    }

    /** The entry is memory that the NIC's side writes, and may be wrong. */
    @ParameterizedTest
    @ValueSource(ints = {MAX + 1, 48, 100, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void shouldReadNoMoreOfAnEntryThanItHolds(final int length) {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment target = arena.allocate(256);
            post(new HostRegion(target), 0);
            push("abc", 0);
            final MemorySegment ring = block.segment();
            final long control = ring.get(ValueLayout.JAVA_LONG, 256);
            ring.set(ValueLayout.JAVA_LONG, 256, (control & ~0xFFFF_FFFFL) | (length & 0xFFFF_FFFFL));
            final List<CompletionStatus> seen = new ArrayList<>();
            assertThat(reader.poll(c -> seen.add(c.status()), 10)).isEqualTo(1);
            assertThat(seen).containsExactly(CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(target.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    /** However well the copies are compiled by then; as for all others in TruncatedMemoryTest. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 20_000})
    void shouldTellWhereAFileWasTruncated(final int rounds) throws IOException {
        for (final int length : new int[] {1, 8, MAX}) {
            try (FileChannel file = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
                final MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 4096, arena);
                MemoryFaults.expectOf(mapped);
                final MemoryRegion region = new HostRegion(mapped);
                for (int i = 0; i < rounds; i++) {
                    assertThat(carry(mapped, length, region)).isEqualTo(CompletionStatus.SUCCESS);
                }
                post(region, 0);
                file.truncate(0);
                assertThat(writer.pushMessage(mapped, 0, length, 1, posted)).isEqualTo(CompletionWriter.SOURCE_FAULT);
                assertThat(carried(arena.allocate(MAX), length)).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
            }
        }
    }

    private CompletionStatus carry(final MemorySegment source, final int length, final MemoryRegion target) {
        post(target, 0);
        return carried(source, length);
    }

    private CompletionStatus carried(final MemorySegment source, final int length) {
        writer.pushMessage(source, 0, length, 1, posted++);
        final List<CompletionStatus> seen = new ArrayList<>(1);
        reader.poll(c -> seen.add(c.status()), 1);
        return seen.getFirst();
    }

    @Test
    void shouldSayThatTheQueueIsFull() {
        for (int i = 0; i < SLOTS; i++) {
            assertThat(push("m", i)).isEqualTo(CompletionWriter.REPORTED);
        }
        assertThat(push("m", SLOTS)).isEqualTo(CompletionWriter.LOST);
    }

    @Test
    void shouldHandOverAMessageWhoseMemoryWasFreedAfterItHadCome() {
        try (Arena arena = Arena.ofShared()) {
            post(new HostRegion(arena.allocate(200)), 0);
        }
        push("late", 0);
        assertThat(reader.poll(c -> assertThat(c.byteLength()).isEqualTo(4), 1)).isEqualTo(1);
    }

    @Test
    void shouldPlaceWhatIsForARegionBeforeItIsGoneAndNothingAfterwards() {
        final UnplacedMessages unplaced = new UnplacedMessages();
        unplaced.add(reader);
        post(new HostRegion(MemorySegment.ofArray(memory)), 0);
        push("early", 0);
        unplaced.place(6);
        assertThat(memory).as("another region").containsOnly(0);
        unplaced.place(5);
        assertThat(new String(memory, 0, 6, US_ASCII)).isEqualTo("early\0");
        MemorySegment.ofArray(memory).fill((byte) 7);
        assertThat(reader.poll(c -> assertThat(c.byteLength()).isEqualTo(5), 1)).isEqualTo(1);
        assertThat(memory).as("used for something else by now").containsOnly(7);
    }

    @Test
    void shouldPlaceNothingForAQueuePairThatWasReset() {
        post(new HostRegion(MemorySegment.ofArray(memory)), 0);
        push("late", 0);
        push("last", 1);
        reader.forget(1);
        reader.placeAll(5);
        assertThat(reader.poll(c -> { }, 9)).isZero();
        assertThat(memory).containsOnly(0);
    }

    @Test
    void shouldNotMarkAPieceThatItsRegionDoesNotHold() {
        final QueueLimits limits = QueueFixture.limits(4, 1, 0);
        final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
        final HostQueuePair other =
            new HostQueuePair(2, blocks, limits, new QueueFixture.CountingDoorbell(), () -> { });
        final MemoryRegion part = new HostRegion(MemorySegment.ofArray(new byte[16]));
        other.receives().post(new ReceiveRequest().receive(1).sge(part, 8, 8));
        other.receives().post(new ReceiveRequest().receive(2).sge(part, 8, 9));
        other.receives().post(new ReceiveRequest().receive(3).sge(part, -1, 1));
        final long slots = blocks.receive().address();
        final long[] extents = {Words.getLong(slots + 8), Words.getLong(slots + 24), Words.getLong(slots + 40)};
        assertThat(extents).containsExactly(0x5_8000_0008L, 0x5_0000_0009L, 0x5_0000_0001L);
    }

    @Test
    void shouldMarkOnlyReceivesWhoseMemoryTheHostKnows() {
        final QueueLimits limits = QueueFixture.limits(4, 2, 0);
        final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
        final HostQueuePair other =
            new HostQueuePair(2, blocks, limits, new QueueFixture.CountingDoorbell(), () -> { });
        final MemoryRegion region = new HostRegion(MemorySegment.ofArray(memory));
        other.receives().post(new ReceiveRequest().receive(1).sge(region, 0, 10).sge(region, 10, 20));
        other.receives().post(new ReceiveRequest().receive(2).sge(1000, 10, 5));
        other.receives().post(new ReceiveRequest().receive(3).sge(region, 0, 0).sge(region, 10, 20));
        final long slots = blocks.receive().address();
        final long[] extents = {Words.getLong(slots + 8), Words.getLong(slots + 24), Words.getLong(slots + 40),
            Words.getLong(slots + 72)};
        assertThat(extents).containsExactly(0x5_8000_000AL, 0x5_0000_0014L, 0x5_0000_000AL, 0x5_0000_0014L);
    }
}
