package io.rnic.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
    private static final int MAX_SGES = 16;
    private static final int MAX_INLINE = 512;
    private static final int OPCODE = 8;
    private static final int FLAGS = 12;
    private static final int INLINE_LENGTH = 28;
    private static final int SGE_COUNT = 32;
    private static final int CARRIED = 36;

    private final ArgumentBlock block = new ArgumentBlock();
    private final SendRequest read = new SendRequest();
    private final ReceiveRequest readReceive = new ReceiveRequest();

    private void write(final SendRequest request) {
        SendRecord.write(block, request, MAX_SGES, MAX_INLINE);
    }

    private SendRequest readSend() {
        SendRecord.read(block, read, SendRequest::sge);
        return read;
    }

    private ReceiveRequest readReceive() {
        ReceiveRecord.read(block, readReceive, ReceiveRequest::sge);
        return readReceive;
    }

    @Test
    void shouldCarryAWriteWithItsPieces() {
        write(new SendRequest().write(-5, Long.MIN_VALUE + 3, 0xCAFE_BABE).signalled(true).sge(1, 2, 3).sge(-4, -5,
            -6));
        final SendRequest request = readSend();
        assertThat(request.opcode()).isEqualTo(Opcode.RDMA_WRITE);
        assertThat(request.wrId()).isEqualTo(-5);
        assertThat(request.remoteAddress()).isEqualTo(Long.MIN_VALUE + 3);
        assertThat(request.rkey()).isEqualTo(0xCAFE_BABE);
        assertThat(request.signalled()).isTrue();
        assertThat(request.inlineSegment()).isNull();
        assertThat(request.sges().count()).isEqualTo(2);
        assertThat(request.sges().address(1)).isEqualTo(-4);
        assertThat(request.sges().length(1)).isEqualTo(-5);
        assertThat(request.sges().lkey(1)).isEqualTo(-6);
    }

    @Test
    void shouldCarryTheOperandsOfAnAtomic() {
        write(new SendRequest().compareAndSwap(1, 8, 9, -10, Long.MAX_VALUE).signalled(true).sge(1, 8, 3));
        write(new SendRequest().fetchAndAdd(2, 16, 17, -18));
        write(new SendRequest().send(3));
        final SendRequest request = readSend();
        assertThat(request.opcode()).isEqualTo(Opcode.ATOMIC_COMPARE_AND_SWAP);
        assertThat(request.comparand()).isEqualTo(-10);
        assertThat(request.operand()).isEqualTo(Long.MAX_VALUE);
        assertThat(request.signalled()).isTrue();
        assertThat(request.sges().length(0)).isEqualTo(8);
        assertThat(readSend().operand()).isEqualTo(-18);
        assertThat(request.opcode()).isEqualTo(Opcode.ATOMIC_FETCH_AND_ADD);
        assertThat(readSend().wrId()).isEqualTo(3);
    }

    @Test
    void shouldCarryFlagsImmediateDataAndWhatIsInvalidated() {
        write(new SendRequest().sendWithImmediate(1, Long.MIN_VALUE + 1).solicited(true).sge(1, 2, 3));
        write(new SendRequest().writeWithImmediate(2, 16, 17, 18).inline(MemorySegment.ofArray(new byte[9]), 0, 9));
        write(new SendRequest().sendWithInvalidate(3, 0xCAFE_BABE).fenced(true));
        write(new SendRequest().localInvalidate(4, 0xABCD).signalled(true));
        write(new SendRequest().send(5).solicited(true).sge(1, 2, 3));
        final SendRequest request = readSend();
        assertThat(request.operand()).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(request.flags()).isEqualTo(SendRequest.SOLICITED);
        assertThat(readSend().operand()).isEqualTo(18);
        assertThat(request.inlineLength()).isEqualTo(9);
        assertThat(readSend().rkey()).isEqualTo(0xCAFE_BABE);
        assertThat(request.flags()).isEqualTo(SendRequest.FENCED);
        assertThat(readSend().rkey()).isEqualTo(0xABCD);
        assertThat(readSend().flags()).isEqualTo(SendRequest.SOLICITED);
    }

    @Test
    void shouldLeaveARecordThatIsNotPlainToBeRead() {
        final List<SendRequest> others = List.of(
            new SendRequest().send(1).solicited(true).sge(1, 2, 3),
            new SendRequest().send(2).fenced(true).sge(1, 2, 3),
            new SendRequest().write(3, 4, 5),
            new SendRequest().write(4, 5, 6).sge(1, 2, 3).sge(4, 5, 6),
            new SendRequest().send(5).inline(MemorySegment.ofArray(new byte[1]), 0, 1),
            new SendRequest().sendWithImmediate(6, 7).sge(1, 2, 3),
            new SendRequest().fetchAndAdd(7, 16, 17, 18).sge(1, 8, 3));
        others.forEach(this::write);
        for (final SendRequest other : others) {
            assertThat(SendRecord.plainRecords(block) > 0 && SendRecord.isPlain(block.next()))
                .as("%d", other.wrId()).isFalse();
            assertThat(readSend().wrId()).isEqualTo(other.wrId());
        }
    }

    @Test
    void shouldCarryManyRequestsOneBehindTheOther() {
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[] {9, 8, 7}), 1, 2));
        write(new SendRequest().read(2, 16, 17).sge(18, 19, 20));
        write(new SendRequest().send(3));
        final SendRequest first = readSend();
        assertThat(first.signalled()).isFalse();
        assertThat(inlineBytes(first)).containsExactly(8, 7);
        assertThat(first.sges().count()).isZero();
        assertThat(readSend().opcode()).isEqualTo(Opcode.RDMA_READ);
        assertThat(readSend().wrId()).isEqualTo(3);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
    }

    private static byte[] inlineBytes(final SendRequest request) {
        return Objects.requireNonNull(request.inlineSegment())
            .asSlice(request.inlineOffset(), request.inlineLength()).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void shouldCarryOnePieceMoreThanAllowedSoThatItIsRefused() {
        final SendRequest many = new SendRequest().send(1);
        final ReceiveRequest manyReceives = new ReceiveRequest().receive(1);
        for (int i = 0; i < 10_000; i++) {
            many.sge(i, i, i);
            manyReceives.sge(i, i, i);
        }
        write(many);
        ReceiveRecord.write(block, manyReceives, MAX_SGES);
        assertThat(readSend().sges().count()).isEqualTo(MAX_SGES + 1);
        assertThat(readReceive().sges().count()).isEqualTo(MAX_SGES + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 513, Integer.MAX_VALUE})
    void shouldKeepAnImpossibleInlineLengthSoThatItIsRefused(final int length) {
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[600]), 0, length));
        assertThat(readSend().inlineLength()).isEqualTo(length);
        assertThat(read.inlineSegment()).isNotNull();
    }

    @Test
    void shouldSayThatInlineDataCouldNotBeRead() {
        final MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(8);
        }
        write(new SendRequest().send(1).inline(gone, 0, 8));
        final MemorySegment inline = Objects.requireNonNull(readSend().inlineSegment());
        assertThat(inline.byteSize()).as("nothing of the block is taken for the data").isLessThan(8);
        assertThat(read.inlineLength()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 9, 65_536, Integer.MAX_VALUE})
    void shouldRefuseAnInlineRecordWhoseCarriedCountLies(final int carried) {
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[8]), 0, 8));
        Words.putInt(block.address() + CARRIED, carried);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
    }

    @Test
    void shouldNotReadMoreInlineBytesThanAreCarried() {
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[8]), 0, 8));
        block.putLong(0x5555_5555_5555_5555L);
        Words.putInt(block.address() + INLINE_LENGTH, 12);
        final MemorySegment inline = Objects.requireNonNull(readSend().inlineSegment());
        assertThat(read.inlineOffset() + read.inlineLength()).isGreaterThan(inline.byteSize());
        assertThat(inline.byteSize()).isZero();
    }

    @Test
    void shouldShowThatInlineDataStandsBesidePieces() {
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[8]), 0, 8).sge(1, 2, 3));
        assertThat(readSend().sges().count()).isEqualTo(1);
        block.clear();
        write(new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[8]), 0, 8));
        Words.putInt(block.address() + SGE_COUNT, Integer.MAX_VALUE);
        assertThat(readSend().sges().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 17, 4_096, Integer.MAX_VALUE})
    void shouldRefusePiecesThatAreNotThere(final int carried) {
        write(new SendRequest().send(1).sge(1, 2, 3));
        Words.putInt(block.address() + CARRIED, carried);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
        block.clear();
        ReceiveRecord.write(block, new ReceiveRequest().receive(1).sge(1, 2, 3), MAX_SGES);
        Words.putInt(block.address() + 12, carried);
        assertThatThrownBy(this::readReceive).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, 15, 16, 128, Integer.MAX_VALUE})
    void shouldRefuseAnUnknownOpcode(final int opcode) {
        write(new SendRequest().send(1));
        Words.putInt(block.address() + OPCODE, opcode);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class).hasMessage("unknown opcode " + opcode);
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 4, 1 << 7, 1 << 9, Integer.MIN_VALUE})
    void shouldRefuseUnknownFlags(final int flag) {
        write(new SendRequest().send(1).signalled(true).fenced(true));
        Words.putInt(block.address() + FLAGS, Words.getInt(block.address() + FLAGS) | flag);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class)
            .hasMessageContaining("flags 0x" + Integer.toHexString(flag));
    }

    @Test
    void shouldRefuseARecordThatIsCutShort() {
        block.grow(32);
        assertThatThrownBy(this::readSend).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
        block.clear().grow(8);
        assertThatThrownBy(this::readReceive).isInstanceOf(RnicException.class).hasMessageContaining("malformed");
    }

    @Test
    void shouldPromiseAtLeastTheBytesThatARecordTakes() {
        final SendRequest[] requests = {new SendRequest().send(1), new SendRequest().send(1).sge(1, 2, 3).sge(1, 2, 3),
            new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[99]), 0, 99),
            new SendRequest().writeWithImmediate(1, 2, 3, 4).inline(MemorySegment.ofArray(new byte[99]), 0, 99),
            new SendRequest().fetchAndAdd(1, 2, 3, 4).sge(1, 8, 3),
            new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[9]), 0, Integer.MAX_VALUE),
            new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[9]), 0, -1)};
        for (final SendRequest request : requests) {
            block.clear();
            write(request);
            assertThat(ArgumentBlock.BYTES - block.room())
                .isLessThanOrEqualTo(SendRecord.bytes(request, MAX_SGES, MAX_INLINE));
            assertThat(SendRecord.bytes(request, MAX_SGES, MAX_INLINE))
                .isLessThanOrEqualTo(SendRecord.mostBytes(MAX_SGES, MAX_INLINE));
        }
        block.clear();
        final ReceiveRequest receive = new ReceiveRequest().receive(1).sge(1, 2, 3);
        ReceiveRecord.write(block, receive, MAX_SGES);
        assertThat(ArgumentBlock.BYTES - block.room()).isEqualTo(ReceiveRecord.bytes(receive, MAX_SGES));
    }

    @Test
    void shouldKnowASendByItsRecord() {
        for (final SendRequest request : new SendRequest[] {new SendRequest().send(1),
            new SendRequest().send(1).sge(1, 2, 3).sge(4, 5, 6), new SendRequest().write(1, 2, 3).sge(1, 2, 3),
            new SendRequest().read(1, 2, 3), new SendRequest().sendWithImmediate(1, 2)}) {
            block.clear();
            write(request);
            final ArgumentBlock copy = new ArgumentBlock();
            copy.copyFrom(block);
            assertThat(SendRecord.isSend(copy)).as("%s", request.opcode()).isEqualTo(request.opcode() == Opcode.SEND);
        }
        assertThat(SendRecord.isSend(new ArgumentBlock().clear())).as("no record").isFalse();
    }

    @Test
    void shouldCarryACompletion() {
        final CompletionFlyweight completion = new CompletionFlyweight();
        completion.set(-9, CompletionStatus.REMOTE_ACCESS_ERROR.code(), CompletionOpcode.RECEIVE.code(), -1, 0xAB_CDEF,
            0x1_1234);
        block.putLong(0);
        CompletionRecord.write(block, completion);
        final CompletionFlyweight copy = new CompletionFlyweight();
        CompletionRecord.read(block.address(), 8, copy);
        assertThat(copy).hasToString(completion.toString());
        assertThat(copy.wrId()).isEqualTo(-9);
        assertThat(CompletionRecord.isCrossedOut(block.address(), 8)).isFalse();
        CompletionRecord.crossOut(block.address(), 8, 0xAB_CDEE);
        assertThat(CompletionRecord.isCrossedOut(block.address(), 8)).isFalse();
        CompletionRecord.crossOut(block.address(), 8, 0xAB_CDEF);
        assertThat(CompletionRecord.isCrossedOut(block.address(), 8)).isTrue();
    }
}
