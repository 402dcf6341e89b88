package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.PostResult;
import io.rnic.kernel.broker.KernelProcess.Pair;
import io.rnic.kernel.broker.KernelProcess.Region;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of send requests as a process hands them over, in one block. */
class BrokeredListTest {
    private static final int PLACE = 8;
    private static final int TARGET = 2_048;
    private static final int PAGE_BYTES = 4_096;
    /** So many pages have more translations than {@link #ON_BOARD_BYTES}. */
    private static final int MANY_PAGES = 16_384;
    private static final String ON_BOARD_BYTES = "64K";

    private static final AtomicInteger DEVICES = new AtomicInteger();

    /** On a device that nobody had before, so that it is known which windows are there. */
    private final KernelProcess process =
        KernelProcess.open("lists " + DEVICES.incrementAndGet(), "onBoardMemory", ON_BOARD_BYTES);
    private final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
    private final int queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 64, 0);
    private final MemorySegment memory = Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES);
    private final Region region = process.register(domain, memory);
    private Pair one = connected();

    private Pair connected() {
        final Pair asking = process.createQueuePair(domain, queue);
        process.connect(asking, process.createQueuePair(domain, queue));
        return asking;
    }

    /** Copies its number to a place of its own. */
    private SendRequest write(final int number) {
        memory.set(ValueLayout.JAVA_LONG, (long) number * PLACE, number);
        return new SendRequest().write(number, region.address() + TARGET + (long) number * PLACE, region.key())
            .sge(region.address() + (long) number * PLACE, PLACE, region.key()).signalled(true);
    }

    private long written(final int number) {
        return memory.get(ValueLayout.JAVA_LONG, TARGET + (long) number * PLACE);
    }

    /** Posts a list of which it says that it has {@code count} requests; returns how many were posted. */
    private int post(final int count, final SendRequest... requests) {
        final ArgumentBlock block = process.block().putInt(one.handle()).putInt(count);
        for (final SendRequest request : requests) {
            SendRecord.write(block, request, 16, 512);
        }
        return (int) process.call(SystemCall.POST_SEND, (MemorySegment) null);
    }

    /** Why the next one was not posted. */
    private PostResult result() {
        return PostResult.of(process.lastInt());
    }

    private Region localRegion(final MemorySegment of) {
        return process.register(domain, of, Access.bits(Access.LOCAL_WRITE));
    }

    private long onBoardBytes() {
        return process.kernel.counters().getOrDefault("device.onBoardBytes", -1L);
    }

    @Test
    void shouldPostNoMoreThanTheCallSays() {
        assertThat(post(2, write(1), write(2), write(3))).isEqualTo(2);
        assertThat(process.poll(queue)).containsExactly("1 RDMA_WRITE SUCCESS", "2 RDMA_WRITE SUCCESS");
        assertThat(post(1, write(4), write(5))).isEqualTo(1);
        assertThat(process.poll(queue)).containsExactly("4 RDMA_WRITE SUCCESS");
        assertThat(List.of(written(1), written(2), written(3), written(4), written(5)))
            .containsExactly(1L, 2L, 0L, 4L, 0L);
    }

    @Test
    void shouldRefuseTheRestOfAListThatSaysMoreThanThereIs() {
        assertThat(post(3, write(1), write(2))).isEqualTo(2);
        assertThat(result()).isEqualTo(PostResult.MALFORMED);
        assertThat(process.poll(queue)).containsExactly("1 RDMA_WRITE SUCCESS", "2 RDMA_WRITE SUCCESS");
    }

    @Test
    void shouldTakeAReadBetweenWrites() {
        final Region sink = localRegion(Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES));
        final SendRequest read = new SendRequest().read(3, region.address() + TARGET + PLACE, region.key())
            .sge(sink.address(), PLACE, sink.key()).signalled(true);
        final SendRequest back = new SendRequest().write(4, region.address() + TARGET + 4L * PLACE, region.key())
            .sge(sink.address(), PLACE, sink.key()).signalled(true);
        final long before = onBoardBytes();
        assertThat(post(3, write(1), read, back)).isEqualTo(3);
        assertThat(process.poll(queue)).containsExactly(
            "1 RDMA_WRITE SUCCESS", "3 RDMA_READ SUCCESS", "4 RDMA_WRITE SUCCESS");
        assertThat(written(4)).isEqualTo(1);
        assertThat(onBoardBytes()).as("the sink's translations").isGreaterThan(before);
    }

    @Test
    void shouldRefuseTheReadForWhoseSinkTheNicHasNoRoom() {
        final Region sink =
            localRegion(Arena.ofAuto().allocate((long) MANY_PAGES * PAGE_BYTES, PAGE_BYTES));
        final SendRequest read = new SendRequest().read(2, region.address(), region.key())
            .sge(sink.address(), PLACE, sink.key());
        assertThat(post(3, write(1), read, write(3))).isEqualTo(1);
        assertThat(result()).isEqualTo(PostResult.NO_ON_BOARD_MEMORY);
        assertThat(process.poll(queue)).containsExactly("1 RDMA_WRITE SUCCESS");
        assertThat(written(3)).isZero();
        assertThat(post(1, write(3))).as("the next list").isEqualTo(1);
        assertThat(written(3)).isEqualTo(3);
    }

    @Test
    void shouldLoadNothingForAReadThatIsNotPosted() {
        final Region sink = localRegion(Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES));
        final SendRequest negative = new SendRequest().write(1, region.address(), region.key())
            .sge(region.address(), -1, region.key());
        final SendRequest read = new SendRequest().read(2, region.address(), region.key())
            .sge(sink.address(), PLACE, sink.key());
        final long before = onBoardBytes();
        assertThat(post(2, negative, read)).isZero();
        assertThat(result()).isEqualTo(PostResult.NEGATIVE_LENGTH);
        assertThat(onBoardBytes()).isEqualTo(before);
    }

    /** By the bus address of a window that is there, in case the kernel lets the privileged key through. */
    @ParameterizedTest
    @ValueSource(strings = {"SEND", "RDMA_WRITE", "RDMA_READ"})
    void shouldTakeThePrivilegedKeyFromNobody(final String opcode) {
        process.register(domain, Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES)); // the second is behind window 1
        for (final boolean isPlain : new boolean[] {true, false}) {
            one = connected();
            final SendRequest request = new SendRequest()
                .start(Opcode.valueOf(opcode), 1, region.address(), region.key(), SendRequest.SIGNALLED)
                .sge(1L << 40, PLACE, 0).fenced(!isPlain);
            assertThat(post(1, request)).isEqualTo(1);
            assertThat(process.poll(queue)).containsExactly("1 " + opcode + " LOCAL_PROTECTION_ERROR");
        }
    }
}
