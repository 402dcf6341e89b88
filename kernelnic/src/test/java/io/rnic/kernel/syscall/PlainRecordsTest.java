package io.rnic.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.PlainRequestLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records of one piece, which are written in a row and become the queue's requests where they lie. */
class PlainRecordsTest {
    private static final int MAX_SGES = 16;
    private static final int MAX_INLINE = 512;
    private static final int ROUNDS = 2_000;
    private static final long SEED = 20_261_201;
    private static final Set<Opcode> USUAL = EnumSet.of(Opcode.SEND, Opcode.RDMA_WRITE, Opcode.RDMA_READ);

    private final ArgumentBlock block = new ArgumentBlock();

    private void write(final SendRequest request) {
        SendRecord.write(block, request, MAX_SGES, MAX_INLINE);
    }

    /** Where the next record begins, which must be plain. */
    private long takePlain() {
        assertThat(SendRecord.plainRecords(block)).isPositive();
        final long record = block.next();
        assertThat(SendRecord.isPlain(record)).isTrue();
        block.skip(SendRecord.PLAIN_BYTES);
        return record;
    }

    @Test
    void shouldTakeAPlainRecordFieldByField() {
        write(new SendRequest().write(7, -8, -9).sge(10, 11, -12).signalled(true));
        write(new SendRequest().read(13, 14, 15).sge(16, 17, 18));
        final long first = takePlain();
        assertThat(SendRecord.opcode(first)).isEqualTo(Opcode.RDMA_WRITE.code());
        assertThat(SendRecord.flags(first)).isEqualTo(SendRequest.SIGNALLED);
        assertThat(PlainRequestLayout.address(first)).isEqualTo(10);
        assertThat(PlainRequestLayout.extent(first)).isEqualTo(11 | -12L << 32);
        final long second = takePlain();
        assertThat(SendRecord.opcode(second)).isEqualTo(Opcode.RDMA_READ.code());
        assertThat(SendRecord.flags(second)).isZero();
        assertThat(SendRecord.plainRecords(block)).as("nothing is left").isZero();
    }

    /** What the kernel fills in beside what is there makes it a request of the queue's. */
    @Test
    void shouldHaveAPlainRecordsFieldsWhereTheQueueHasThem() {
        write(new SendRequest().write(7, -8, -9).sge(10, 11, -12).signalled(true));
        final long record = takePlain();
        PlainRequestLayout.write(record, SendRecord.opcode(record), SendRecord.flags(record), 99, 11, 98);
        final long control = PlainRequestLayout.control(record);
        assertThat(SendSlotLayout.opcode(control)).isEqualTo(Opcode.RDMA_WRITE.code());
        assertThat(SendSlotLayout.isSignalled(control)).isTrue();
        assertThat(SendSlotLayout.isOnePiece(control)).isTrue();
        assertThat(SendSlotLayout.messageLength(control)).isEqualTo(11);
        assertThat(Words.getLong(record + PlainRequestLayout.WR_ID)).isEqualTo(7);
        assertThat(PlainRequestLayout.remoteAddress(record)).isEqualTo(-8);
        assertThat(PlainRequestLayout.rkey(record)).isEqualTo(-9);
        assertThat(PlainRequestLayout.address(record)).isEqualTo(99);
        assertThat(PlainRequestLayout.lkey(record)).isEqualTo(98);
    }

    /** The requests of a list that have one piece, up to the first that has not, as if each were written alone. */
    @Test
    void shouldWritePlainRecordsOfAListAsOneByOne() {
        final Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            final SendRequest[] list = IntStream.range(0, 1 + random.nextInt(5)).mapToObj(i -> one(random))
                .toArray(SendRequest[]::new);
            block.clear();
            final int next = random.nextInt(list.length);
            final int end = SendRecord.writeOnePiece(block, list, next, list.length);
            final byte[] written = content(block);
            final ArgumentBlock alone = new ArgumentBlock();
            for (int i = next; i < end; i++) {
                SendRecord.write(alone, list[i], MAX_SGES, MAX_INLINE);
            }
            assertThat(written).isEqualTo(content(alone)).hasSize((end - next) * SendRecord.PLAIN_BYTES);
            assertThat(end == list.length || !isOfOnePiece(list[end])).as("round %d of seed %d", round, SEED).isTrue();
        }
    }

    private static boolean isOfOnePiece(final SendRequest request) {
        return USUAL.contains(request.opcode()) && request.inlineSegment() == null && request.sges().count() == 1;
    }

    private static byte[] content(final ArgumentBlock of) {
        return of.segment().asSlice(0, ArgumentBlock.BYTES - of.room()).toArray(ValueLayout.JAVA_BYTE);
    }

    private static SendRequest one(final Random random) {
        final SendRequest request = new SendRequest();
        switch (random.nextInt(6)) {
            case 0 -> request.send(random.nextLong());
            case 1 -> request.read(random.nextLong(), random.nextLong(), random.nextInt());
            case 2 -> request.sendWithImmediate(random.nextLong(), random.nextInt());
            default -> request.write(random.nextLong(), random.nextLong(), random.nextInt());
        }
        if (random.nextInt(8) == 0) {
            request.inline(MemorySegment.ofArray(new byte[1]), 0, 1); // and perhaps pieces too, which is refused later
        }
        final int sges = random.nextInt(8) == 0 ? random.nextInt(3) : 1;
        for (int i = 0; i < sges; i++) {
            request.sge(random.nextLong(), random.nextInt(), random.nextInt());
        }
        return request.signalled(random.nextBoolean()).fenced(random.nextInt(4) == 0);
    }

    @Test
    void shouldWriteNoMorePlainRecordsThanABlockHasRoomFor() {
        final SendRequest[] list = new SendRequest[ArgumentBlock.BYTES / SendRecord.PLAIN_BYTES + 2];
        Arrays.setAll(list, i -> new SendRequest().write(i, 2, 3).sge(4, 5, 6));
        block.clear().putLong(0);
        final int end = SendRecord.writeOnePiece(block, list, 0, list.length);
        assertThat(end).isEqualTo((ArgumentBlock.BYTES - Long.BYTES) / SendRecord.PLAIN_BYTES);
        assertThat(block.room()).isBetween(0, SendRecord.PLAIN_BYTES - 1);
        assertThat(SendRecord.writeOnePiece(block, list, end, list.length)).as("full").isEqualTo(end);
    }
}
