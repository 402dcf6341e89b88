package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receive that its slot holds already is not checked and written again: whatever was in a slot before, what is posted
 * into it then ends as it does in a slot that nobody has used.
 */
class RepeatedReceiveTest {
    private static final int BYTES = 64;
    private static final int KEY = 5;

    private final MemorySegment ones =
        Arena.ofAuto().allocate(CompletionLayout.MAX_PAYLOAD_BYTES, Long.BYTES).fill((byte) 1);
    private final HostRegion region = region(KEY);
    private final HostRegion otherKey = new HostRegion(region.segment(), 6);
    private final HostRegion otherMemory = region(KEY);

    private final List<ReceiveRequest> receives = List.of(
        receive(),
        receive().sge(region, 0, 8),
        receive().sge(region, 8, 8),
        receive().sge(region, 0, 16),
        receive().sge(region, 0, 0),
        receive().sge(region, 0, Integer.MIN_VALUE | 8),
        receive().sge(region, 0, 2 * BYTES),
        receive().sge(region, BYTES - 4, 8),
        receive().sge(region, -8, 8),
        receive().sge(region.address(), 8, KEY),
        receive().sge(region.address(), 0, KEY),
        receive().sge(otherKey, 0, 8),
        receive().sge(otherMemory, 0, 8),
        receive().sge(new HostRegion(otherMemory.segment(), KEY), region.address() - otherMemory.address(), 8),
        receive().sge(region, 0, 8).sge(region, 8, 8),
        receive().sge(region, 0, 8).sge(region, 8, 0));

    private static HostRegion region(final int key) {
        return new HostRegion(Arena.ofAuto().allocate(BYTES, 8), key);
    }

    private static ReceiveRequest receive() {
        return new ReceiveRequest().receive(1);
    }

    /** A queue of one slot. */
    private record Queue(QueueBlocks blocks, HostQueuePair queuePair, int sges) {
        static Queue of(final int sges) {
            final QueueLimits limits = new QueueLimits(1, 1, 1, sges, 0, BYTES, false);
            final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
            return new Queue(blocks, new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { }), sges);
        }

        PostResult post(final ReceiveRequest request, final boolean inList) {
            return inList ? PostLists.last(queuePair.receives().post(new ReceiveRequest[] {request}, 1))
                : queuePair.receives().post(request);
        }

        /** What the NIC makes of the slot: its pieces, and whether the host may place into the first. */
        String slot() {
            final StringBuilder slot = new StringBuilder();
            for (int i = 0; i < sges; i++) {
                final long sge = blocks.receive().address() + (long) i * SgeLayout.BYTES;
                final long extent = Words.getLong(sge + SgeLayout.EXTENT);
                if (SgeLayout.length(extent) == 0) {
                    return slot + "end";
                }
                slot.append(Words.getLong(sge + SgeLayout.ADDRESS)).append('+').append(SgeLayout.length(extent))
                    .append(" of ").append(SgeLayout.lkey(extent)).append(isHostPlaced(extent));
            }
            return slot.toString();
        }

        private static String isHostPlaced(final long extent) {
            return SgeLayout.isHostPlaced(extent) ? " by the host, " : ", ";
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldEndAsInASlotThatNobodyHasUsed(final int sges) {
        int placed = 0;
        for (final ReceiveRequest before : receives) {
            for (final ReceiveRequest request : receives) {
                for (final boolean inList : new boolean[] {false, true}) {
                    final Queue fresh = Queue.of(sges);
                    final Queue used = Queue.of(sges);
                    if (used.post(before, inList) == PostResult.OK) {
                        used.queuePair().retire(true, 0);
                    }
                    final PostResult result = used.post(request, inList);
                    assertThat(result).isEqualTo(fresh.post(request, inList));
                    if (result == PostResult.OK) {
                        assertThat(used.slot()).isEqualTo(fresh.slot());
                        placed += used.slot().contains("host") ? assertPlacedAlike(used, fresh) : 0;
                    }
                }
            }
        }
        assertThat(placed).as("messages that the host placed").isGreaterThan(100);
    }

    /** A message of 8 bytes lands at the same place. */
    private int assertPlacedAlike(final Queue used, final Queue fresh) {
        final List<byte[]> where = placed(fresh);
        assertThat(where.stream().flatMapToInt(RepeatedReceiveTest::bytes).sum()).isEqualTo(Long.BYTES);
        assertThat(placed(used)).usingRecursiveComparison().isEqualTo(where);
        return 1;
    }

    private static IntStream bytes(final byte[] memory) {
        return IntStream.range(0, memory.length).map(i -> memory[i]);
    }

    /** Both memories after a message of ones was placed by that queue. */
    private List<byte[]> placed(final Queue queue) {
        region.segment().fill((byte) 0);
        otherMemory.segment().fill((byte) 0);
        assertThat(queue.queuePair().place(0, ones.address(), Long.BYTES, false)).isTrue();
        return List.of(region.segment().toArray(ValueLayout.JAVA_BYTE),
            otherMemory.segment().toArray(ValueLayout.JAVA_BYTE));
    }
}
