package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receive that its slot holds already is not checked and written again: whatever was in a slot before, and however
 * the receive has changed since, what is posted into it then ends as it does in a queue that nobody has used.
 */
class RepeatedReceiveTest {
    private static final int BYTES = 64;
    private static final int KEY = 5;
    private static final int SLOTS = 4;
    private static final int RECEIVES = 6;
    private static final int ROUNDS = 10_000;
    private static final long SEED = 20_261_130;

    private final MemorySegment ones =
        Arena.ofAuto().allocate(CompletionLayout.MAX_PAYLOAD_BYTES, Long.BYTES).fill((byte) 1);
    private final HostRegion region = region();
    private final HostRegion otherKey = new HostRegion(region.segment(), KEY + 1);
    private final HostRegion otherMemory = region();

    private final List<UnaryOperator<ReceiveRequest>> kinds = List.of(
        receive -> receive,
        receive -> receive.sge(region, 0, 8),
        receive -> receive.sge(region, 8, 8),
        receive -> receive.sge(region, 0, 16),
        receive -> receive.sge(region, 0, 0),
        receive -> receive.sge(region, 0, Integer.MIN_VALUE | 8),
        receive -> receive.sge(region, 0, 2 * BYTES),
        receive -> receive.sge(region, BYTES - 4, 8),
        receive -> receive.sge(region, -8, 8),
        receive -> receive.sge(region.address(), 8, KEY),
        receive -> receive.sge(region.address(), 0, KEY),
        receive -> receive.sge(otherKey, 0, 8),
        receive -> receive.sge(otherMemory, 0, 8),
        receive ->
            receive.sge(new HostRegion(otherMemory.segment(), KEY), region.address() - otherMemory.address(), 8),
        receive -> receive.sge(region, 0, 8).sge(region, 8, 8),
        receive -> receive.sge(region, 0, 8).sge(region, 8, 0));

    private final Random random = new Random(SEED);
    /** What is posted again and again, and of which kind each is now. */
    private final ReceiveRequest[] receives = new ReceiveRequest[RECEIVES];
    private final int[] kindOf = new int[RECEIVES];

    private static HostRegion region() {
        return new HostRegion(Arena.ofAuto().allocate(BYTES, 8), KEY);
    }

    private void change(final int receive) {
        kindOf[receive] = random.nextInt(kinds.size());
        receives[receive] = kinds.get(kindOf[receive]).apply(receives[receive].receive(random.nextLong()));
    }

    private record Queue(QueueBlocks blocks, HostQueuePair queuePair, int sges) {
        static Queue of(final int sges) {
            final QueueLimits limits = new QueueLimits(1, SLOTS, 1, sges, 0, BYTES, false);
            final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
            return new Queue(blocks, new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { }), sges);
        }

        PostResult post(final ReceiveRequest request) {
            return queuePair.receives().post(request);
        }

        private long extent(final int slot, final int piece) {
            return Words.getLong(sge(slot, piece) + SgeLayout.EXTENT);
        }

        private long sge(final int slot, final int piece) {
            return blocks.receive().address() + (long) (slot * sges + piece) * SgeLayout.BYTES;
        }

        boolean isHostPlaced(final int slot) {
            return SgeLayout.isHostPlaced(extent(slot, 0));
        }

        /** What the NIC makes of a slot: its pieces, and whether the host may place into the first. */
        String slot(final int slot) {
            final StringBuilder text = new StringBuilder(isHostPlaced(slot) ? "by the host: " : "");
            for (int i = 0; i < sges && SgeLayout.length(extent(slot, i)) != 0; i++) {
                text.append(Words.getLong(sge(slot, i) + SgeLayout.ADDRESS)).append('+')
                    .append(SgeLayout.length(extent(slot, i))).append(" of ")
                    .append(SgeLayout.lkey(extent(slot, i))).append("; ");
            }
            return text.toString();
        }
    }

    /** What becomes of a receive, and in which bytes of both memories a message of 8 lands if the host places it. */
    private record Ending(PostResult result, String slot, List<Integer> placed) {
    }

    private Ending ending(final Queue queue, final PostResult result, final int slot) {
        if (result != PostResult.OK) {
            return new Ending(result, "", List.of());
        }
        return new Ending(result, queue.slot(slot), queue.isHostPlaced(slot) ? placed(queue, slot) : List.of());
    }

    private List<Integer> placed(final Queue queue, final int slot) {
        region.segment().fill((byte) 0);
        otherMemory.segment().fill((byte) 0);
        assertThat(queue.queuePair().place(slot, ones.address(), Long.BYTES, false)).isTrue();
        final List<Integer> placed = IntStream.range(0, 2 * BYTES).filter(this::isPlaced).boxed().toList();
        assertThat(placed).hasSize(Long.BYTES);
        return placed;
    }

    private boolean isPlaced(final int at) {
        final MemorySegment memory = at < BYTES ? region.segment() : otherMemory.segment();
        return memory.get(ValueLayout.JAVA_BYTE, at % BYTES) == 1;
    }

    /** Lists and single ones, of receives that come again in the same slots and in other ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldEndAsInAQueueThatNobodyHasUsed(final int sges) {
        final List<Ending> fresh = kinds.stream().map(kind -> {
            final Queue queue = Queue.of(sges);
            return ending(queue, queue.post(kind.apply(new ReceiveRequest())), 0);
        }).toList();
        assertThat(fresh.stream().filter(ending -> !ending.placed().isEmpty())).hasSizeGreaterThanOrEqualTo(5);
        final Queue used = Queue.of(sges);
        Arrays.setAll(receives, i -> new ReceiveRequest());
        IntStream.range(0, RECEIVES).forEach(this::change);
        int posted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (random.nextInt(4) == 0) {
                change(random.nextInt(RECEIVES));
            }
            final int[] picks = random.ints(1 + random.nextInt(SLOTS), 0, RECEIVES).toArray();
            final long outcome = post(used, picks);
            final int taken = PostLists.posted(outcome);
            for (int i = 0; i < taken; i++) {
                final int slot = posted % SLOTS;
                assertThat(ending(used, PostResult.OK, slot)).as("round %d", round)
                    .isEqualTo(fresh.get(kindOf[picks[i]]));
                assertThat(used.queuePair().retire(true, posted++)).isEqualTo(receives[picks[i]].wrId());
            }
            if (taken < picks.length) {
                assertThat(PostLists.last(outcome)).isEqualTo(fresh.get(kindOf[picks[taken]]).result());
            }
        }
        assertThat(posted).isGreaterThan(ROUNDS);
    }

    /** A list that came before, and has not changed: the slots keep what the test puts into them. */
    @Test
    void shouldLeaveSlotsAloneThatWereWrittenForTheSameReceives() {
        final Queue queue = Queue.of(1);
        Arrays.setAll(receives, i -> new ReceiveRequest().receive(i).sge(region, i, 8));
        final int[] all = IntStream.range(0, SLOTS).toArray();
        for (int lap = 0; lap < 3; lap++) {
            queue.blocks().receive().segment().fill(QueueFixture.FILLER);
            assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
            queue.queuePair().retire(true, (lap + 1) * SLOTS - 1);
        }
        assertThat(queue.blocks().receive().segment().toArray(ValueLayout.JAVA_BYTE))
            .containsOnly(QueueFixture.FILLER);
        receives[2].receive(2).sge(region, 2, 16);
        assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
        assertThat(SgeLayout.length(queue.extent(2, 0))).isEqualTo(16);
    }

    /** Where nothing may be posted, a list that its slots hold already is refused as any other. */
    @Test
    void shouldRefuseWhatItsSlotsHoldWhereAnythingIsRefused() {
        final Queue queue = Queue.of(1);
        Arrays.setAll(receives, i -> new ReceiveRequest().receive(i).sge(region, i, 8));
        final int[] all = IntStream.range(0, SLOTS).toArray();
        for (int lap = 0; lap < 3; lap++) {
            assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
            assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.QUEUE_FULL));
            queue.queuePair().retire(true, (lap + 1) * SLOTS - 1);
        }
        QueueFixture.state(queue.blocks(), QueuePairState.RESET);
        assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.WRONG_STATE));
        QueueFixture.state(queue.blocks(), QueuePairState.RTS);
        queue.queuePair().close();
        assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.CLOSED));
    }

    /** Of what was posted before a reset nothing is remembered, so nothing is left out afterwards. */
    @Test
    void shouldPlaceAsBeforeWhatIsPostedAfterAReset() {
        final Queue queue = Queue.of(1);
        Arrays.setAll(receives, i -> new ReceiveRequest().receive(i).sge(region, i * 8L, 8));
        final int[] all = IntStream.range(0, SLOTS).toArray();
        for (int reset = 0; reset < 2; reset++) {
            for (int lap = 0; lap < 3; lap++) {
                assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
                for (int slot = 0; slot < SLOTS; slot++) {
                    assertThat(placed(queue, slot)).as("slot %d", slot).startsWith(slot * 8);
                }
                queue.queuePair().retire(true, (lap + 1) * SLOTS - 1);
            }
            queue.queuePair().reset();
        }
    }

    /** One alone goes the way of single posts. */
    private long post(final Queue queue, final int[] picks) {
        if (picks.length == 1) {
            final PostResult result = queue.post(receives[picks[0]]);
            return PostLists.outcome(result == PostResult.OK ? 1 : 0, result);
        }
        final ReceiveRequest[] requests = new ReceiveRequest[picks.length];
        for (int i = 0; i < picks.length; i++) {
            requests[i] = receives[picks[i]];
        }
        return queue.queuePair().receives().post(requests, requests.length);
    }
}
