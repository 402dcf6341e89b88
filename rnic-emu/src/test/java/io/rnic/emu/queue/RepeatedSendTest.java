package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A request of a list that its slot was written for already is not written again: whatever was in a slot before, and
 * however the request has changed since, what is in the slot is what it would be in a queue that nobody has used.
 */
class RepeatedSendTest {
    private static final int SLOTS = 4;
    private static final int REQUESTS = 6;
    private static final int ROUNDS = 5_000;
    private static final int MAX_BYTES = 64;
    private static final int MOST_PUSHED = 2;
    private static final long SEED = 20_261_130;
    private static final Set<Opcode> PLAIN = EnumSet.of(Opcode.SEND, Opcode.RDMA_WRITE, Opcode.RDMA_READ);

    private final byte[] data = new byte[8];
    private final Random random = new Random(SEED);

    private final List<UnaryOperator<SendRequest>> kinds = List.of(
        request -> request.send(1),
        request -> request.send(2).sge(100, 8, 5),
        request -> request.send(3).sge(100, 8, 6),
        request -> request.send(3).sge(100, 8, 6).signalled(true),
        request -> request.send(3).sge(100, 8, 6).solicited(true),
        request -> request.send(4).sge(100, 8, 5).sge(200, 4, 6),
        request -> request.send(5).inline(MemorySegment.ofArray(data), 0, 8),
        request -> request.send(6).sge(100, -1, 5),
        request -> request.send(7).sge(100, 2 * MAX_BYTES, 5),
        request -> request.send(8).sge(1, 1, 1).sge(2, 2, 2).sge(3, 3, 3),
        request -> request.sendWithImmediate(9, 7).sge(100, 8, 5),
        request -> request.sendWithImmediate(9, 8).sge(100, 8, 5),
        request -> request.write(10, 4096, 7).sge(100, 8, 5),
        request -> request.write(10, 4104, 7).sge(100, 8, 5),
        request -> request.read(11, 4096, 7).sge(100, 8, 5),
        request -> request.fetchAndAdd(12, 4096, 7, 1).sge(100, 8, 5),
        request -> request.fetchAndAdd(12, 4096, 7, 2).sge(100, 8, 5),
        request -> request.compareAndSwap(13, 4096, 7, 1, 2).sge(100, 8, 5),
        request -> request.compareAndSwap(13, 4096, 7, 1, 2).operands(3, 4).sge(100, 8, 5),
        request -> request.fetchAndAdd(14, 4096, 7, 1).sge(100, 4, 5),
        request -> request.localInvalidate(15, 7));

    /** Takes what is pushed or not, as the test says. */
    private static final class Pushing extends QueueFixture.CountingDoorbell {
        private boolean takes;
        private final Set<Long> taken = new HashSet<>();

        @Override
        public int push(final long number, final long control, final long address, final int lkey,
            final long remoteAddress, final int rkey) {
            return takes && taken.add(number) ? DONE : REFUSED;
        }

        @Override
        public int push(final long number, final long requests, final int count) {
            final int most = takes ? Math.min(count, MOST_PUSHED) : 0;
            LongStream.range(number, number + most).forEach(taken::add);
            return most;
        }
    }

    private record Queue(QueueBlocks blocks, HostQueuePair queuePair, Pushing doorbell) {
        static Queue unused() {
            final QueueLimits limits = new QueueLimits(SLOTS, 1, 2, 1, 8, MAX_BYTES, false);
            final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
            final Pushing doorbell = new Pushing();
            return new Queue(blocks, new HostQueuePair(1, blocks, limits, doorbell, () -> { }), doorbell);
        }

        private MemorySegment memory(final int slot) {
            return blocks.send().segment().asSlice(slot * (long) SendSlotLayout.stride(2, 8));
        }

        long control(final int slot) {
            return word(memory(slot), SendSlotLayout.CONTROL);
        }

        /** What the NIC makes of a slot. */
        List<Long> slot(final int slot) {
            final MemorySegment memory = memory(slot);
            final long control = control(slot);
            final List<Long> words = new ArrayList<>(List.of(control));
            final int payload = SendSlotLayout.isInline(control) ? 1 : 2 * SendSlotLayout.sgeCount(control);
            for (int i = 0; i < payload; i++) {
                words.add(word(memory, SendSlotLayout.PAYLOAD + i * Long.BYTES));
            }
            final String opcode = String.valueOf(Opcode.of(SendSlotLayout.opcode(control)));
            if (!opcode.startsWith("SEND")) {
                words.add(word(memory, SendSlotLayout.REMOTE_ADDRESS));
                words.add(word(memory, SendSlotLayout.RKEY) & 0xFFFF_FFFFL);
            }
            if (opcode.endsWith("IMMEDIATE")) {
                words.add(word(memory, SendSlotLayout.IMMEDIATE));
            }
            if (opcode.startsWith("ATOMIC")) {
                words.add(word(memory, SendSlotLayout.OPERAND));
                words.add(opcode.contains("COMPARE") ? word(memory, SendSlotLayout.COMPARAND) : 0);
            }
            return words;
        }

        private static long word(final MemorySegment memory, final int offset) {
            return memory.get(ValueLayout.JAVA_LONG, offset);
        }
    }

    /** The requests that are posted again and again, and of which kind each is now. */
    private final SendRequest[] requests = new SendRequest[REQUESTS];
    private final int[] kindOf = new int[REQUESTS];

    private void change(final int request) {
        kindOf[request] = random.nextInt(kinds.size());
        requests[request] = kinds.get(kindOf[request]).apply(requests[request]);
    }

    private PostResult alone(final Queue queue, final SendRequest request) {
        return queue.queuePair().sends().post(request);
    }

    /** What is in the slot is what it would be in a queue that nobody has used. */
    private void expectAsInAnUnusedQueue(final Queue used, final int slot, final int kind) {
        final Queue unused = Queue.unused();
        assertThat(alone(unused, kinds.get(kind).apply(new SendRequest()))).isEqualTo(PostResult.OK);
        assertThat(used.slot(slot)).as("kind %d", kind).isEqualTo(unused.slot(0));
    }

    private PostResult resultOf(final int kind) {
        return alone(Queue.unused(), kinds.get(kind).apply(new SendRequest()));
    }

    /** A list that came before, and has not changed: the slots keep what the test puts into them. */
    @Test
    void shouldLeaveSlotsAloneThatWereWrittenForTheSameRequests() {
        final Queue queue = Queue.unused();
        Arrays.setAll(requests, i -> new SendRequest().send(i).sge(100, 8, i));
        final int[] all = IntStream.range(0, SLOTS).toArray();
        for (int lap = 0; lap < 3; lap++) {
            queue.blocks().send().segment().fill(QueueFixture.FILLER);
            assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
            queue.queuePair().retire(false, (lap + 1) * SLOTS - 1);
        }
        assertThat(queue.blocks().send().segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(QueueFixture.FILLER);
        requests[2].signalled(true);
        assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            assertThat(SendSlotLayout.isSignalled(queue.control(slot))).as("slot %d, which by the filler is not", slot)
                .isEqualTo(slot == 2);
        }
    }

    /** Where nothing may be posted, a list that its slots hold already is refused as any other. */
    @Test
    void shouldRefuseWhatItsSlotsHoldWhereAnythingIsRefused() {
        final Queue queue = Queue.unused();
        Arrays.setAll(requests, i -> new SendRequest().send(i).sge(100, 8, i));
        final int[] all = IntStream.range(0, SLOTS).toArray();
        for (int lap = 0; lap < 3; lap++) {
            assertThat(PostLists.posted(post(queue, all))).isEqualTo(SLOTS);
            assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.QUEUE_FULL));
            queue.queuePair().retire(false, (lap + 1) * SLOTS - 1);
        }
        QueueFixture.state(queue.blocks(), QueuePairState.INIT);
        assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.WRONG_STATE));
        QueueFixture.state(queue.blocks(), QueuePairState.RTS);
        queue.queuePair().close();
        assertThat(post(queue, all)).isEqualTo(PostLists.outcome(0, PostResult.CLOSED));
    }

    @Test
    void shouldFindEachSlotAsInAQueueThatNobodyHasUsed() {
        Arrays.setAll(requests, i -> new SendRequest());
        IntStream.range(0, REQUESTS).forEach(this::change);
        final List<PostResult> results = IntStream.range(0, kinds.size()).mapToObj(this::resultOf).toList();
        final Queue used = Queue.unused();
        int posted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (random.nextInt(4) == 0) {
                change(random.nextInt(REQUESTS));
            }
            random.nextBytes(data);
            used.doorbell().takes = random.nextInt(4) == 0;
            final int[] picks = random.ints(1 + random.nextInt(SLOTS), 0, REQUESTS).toArray();
            final long outcome = postSomehow(used, picks);
            final int taken = PostLists.posted(outcome);
            for (int i = 0; i < taken; i++) {
                final int kind = kindOf[picks[i]];
                if (!used.doorbell().taken.contains((long) posted)) {
                    expectAsInAnUnusedQueue(used, posted % SLOTS, kind);
                }
                assertThat(used.queuePair().retire(false, posted++)).isEqualTo(requests[picks[i]].wrId());
            }
            if (taken < picks.length) {
                assertThat(PostLists.last(outcome)).isEqualTo(results.get(kindOf[picks[taken]]));
            }
        }
        assertThat(posted).isGreaterThan(ROUNDS);
    }

    private long post(final Queue queue, final int[] picks) {
        final SendRequest[] list = picked(picks);
        final SendQueue sends = queue.queuePair().sends();
        return list.length > 1 ? sends.post(list, list.length) : PostLists.outcomeOfOne(sends.post(list[0]));
    }

    private SendRequest[] picked(final int[] picks) {
        return Arrays.stream(picks).mapToObj(i -> requests[i]).toArray(SendRequest[]::new);
    }

    /** In a list, alone, or as a kernel does. */
    private long postSomehow(final Queue queue, final int[] picks) {
        final SendRequest[] list = picked(picks);
        return Arrays.stream(list).allMatch(RepeatedSendTest::isPlain) && random.nextBoolean()
            ? new PlainRequests(list).postTo(queue.queuePair().sends()) : post(queue, picks);
    }

    private static boolean isPlain(final SendRequest request) {
        return PLAIN.contains(request.opcode()) && request.sges().count() == 1
            && (request.flags() & ~SendRequest.SIGNALLED) == 0;
    }
}
