package io.rnic.emu.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The layouts as literal bytes, over memory full of 0xa5. */
class SlotLayoutTest {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final String FILLER_4 = "a5 a5 a5 a5 ";
    private static final String FILLER_16 = FILLER_4.repeat(4);

    private final QueueLimits limits = QueueFixture.limits(3, 3, 40);
    private final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
    private final QueueFixture.CountingDoorbell doorbell = new QueueFixture.CountingDoorbell();
    private final HostQueuePair queuePair = new HostQueuePair(7, blocks, limits, doorbell, () -> { });

    @BeforeEach
    void onlyLittleEndianBytesAreWrittenDownHere() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "big-endian machine");
    }

    private static String hex(final MemorySegment segment, final int from, final int length) {
        return HEX.formatHex(segment.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE)) + " ";
    }

    @Test
    void shouldHaveTheDocumentedStrides() {
        assertThat(SendSlotLayout.stride(1, 0)).isEqualTo(64);
        assertThat(SendSlotLayout.stride(2, 32)).isEqualTo(64);
        assertThat(SendSlotLayout.stride(2, 33)).isEqualTo(128);
        assertThat(SendSlotLayout.stride(3, 0)).isEqualTo(128);
        assertThat(SendSlotLayout.stride(16, 512)).isEqualTo(576);
        assertThat(ReceiveSlotLayout.stride(1)).isEqualTo(16);
        assertThat(ReceiveSlotLayout.stride(3)).isEqualTo(64);
        assertThat(ReceiveSlotLayout.stride(16)).isEqualTo(256);
    }

    @Test
    void shouldWriteASignalledWriteOfTwoPieces() {
        assertThat(queuePair.sends().post(new SendRequest()
            .write(1, 0x1122_3344_5566_7788L, 0xCAFE_BABE).signalled(true)
            .sge(0x0102_0304_0506_0708L, 0x10, 0x0A0B_0C0D).sge(-2L, 0x0300, -3))).isEqualTo(PostResult.OK);

        assertThat(hex(blocks.send().segment(), 0, 128)).isEqualTo(""
            + "00 02 02 00 " + "10 03 00 00 " // RDMA_WRITE, signalled, 2 pieces | 0x310 bytes
            + "88 77 66 55 44 33 22 11 " // remote address
            + "be ba fe ca " + FILLER_4.repeat(3) // rkey
            + "08 07 06 05 04 03 02 01 " + "10 00 00 00 " + "0d 0c 0b 0a "
            + "fe ff ff ff ff ff ff ff " + "00 03 00 00 " + "fd ff ff ff "
            + FILLER_16.repeat(4));
    }

    @Test
    void shouldWriteAnInlineSend() {
        final MemorySegment data = MemorySegment.ofArray("xhello".getBytes(US_ASCII));
        assertThat(queuePair.sends().post(new SendRequest().send(1).inline(data, 1, 5))).isEqualTo(PostResult.OK);

        assertThat(hex(blocks.send().segment(), 0, 64)).isEqualTo(""
            + "02 08 00 00 " + "05 00 00 00 " // SEND, inline, no pieces | 5 bytes
            + FILLER_4.repeat(6) // no remote address, no rkey
            + "68 65 6c 6c 6f a5 a5 a5 " + FILLER_4.repeat(2)
            + FILLER_16);
    }

    @Test
    void shouldWriteAReadIntoTheSecondSlot() {
        queuePair.sends().post(new SendRequest().send(1));
        queuePair.sends().post(new SendRequest().read(2, 16, 0x100).sge(32, 64, 0x200));

        assertThat(hex(blocks.send().segment(), 128, 64)).isEqualTo(""
            + "04 00 01 00 " + "40 00 00 00 "
            + "10 00 00 00 00 00 00 00 " + "00 01 00 00 " + FILLER_4.repeat(3)
            + "20 00 00 00 00 00 00 00 " + "40 00 00 00 " + "00 02 00 00 "
            + FILLER_16);
    }

    @Test
    void shouldWriteAnAtomicIntoOneLine() {
        final HostQueuePair one = new HostQueuePair(8, blocks, new QueueLimits(1, 1, 1, 1, 0, 100, false), doorbell,
            () -> { });
        assertThat(one.sends().post(new SendRequest().compareAndSwap(1, 16, 0x100, -2, 3).sge(32, 8, 0x200).fenced(true)
            .solicited(true))).isEqualTo(PostResult.OK);
        assertThat(SendSlotLayout.stride(1, 0)).isEqualTo(64);
        assertThat(hex(blocks.send().segment(), 0, 64)).isEqualTo(""
            + "05 05 01 00 " + "08 00 00 00 "
            + "10 00 00 00 00 00 00 00 " + "00 01 00 00 " + FILLER_4.repeat(3)
            + "20 00 00 00 00 00 00 00 " + "08 00 00 00 " + "00 02 00 00 "
            + "03 00 00 00 00 00 00 00 " + "fe ff ff ff ff ff ff ff ");
    }

    @Test
    void shouldWriteImmediateDataBesideTheRemoteAddress() {
        assertThat(queuePair.sends().post(new SendRequest().writeWithImmediate(1, 16, 0x100, 0x0102_0304_0506_0708L)))
            .isEqualTo(PostResult.OK);
        assertThat(hex(blocks.send().segment(), 0, 32)).isEqualTo("01 00 00 00 " + "00 00 00 00 "
            + "10 00 00 00 00 00 00 00 " + "00 01 00 00 " + FILLER_4 + "08 07 06 05 04 03 02 01 ");
    }

    @Test
    void shouldMarkEveryRequestSignalledIfTheQueueSaysSo() {
        final HostQueuePair all = new HostQueuePair(8, blocks, new QueueLimits(3, 3, 3, 3, 40, 100, true), doorbell,
            () -> { });
        all.sends().post(new SendRequest().send(1));
        all.sends().post(new SendRequest().send(2).inline(MemorySegment.ofArray(new byte[1]), 0, 1));
        assertThat(hex(blocks.send().segment(), 0, 4)).isEqualTo("02 02 00 00 ");
        assertThat(hex(blocks.send().segment(), 128, 4)).isEqualTo("02 0a 00 00 ");
    }

    @Test
    void shouldWriteAReceiveWithoutItsEmptyPieces() {
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1)
            .sge(5, 0, 6).sge(0x0102_0304_0506_0708L, 0x1234, 0x0A0B_0C0D).sge(9, 0, 9))).isEqualTo(PostResult.OK);

        assertThat(hex(blocks.receive().segment(), 0, 64)).isEqualTo(""
            + "08 07 06 05 04 03 02 01 " + "34 12 00 00 " + "0d 0c 0b 0a "
            + FILLER_4.repeat(2) + "00 00 00 00 00 00 00 00 " // the end of the list
            + FILLER_16.repeat(2));
    }

    @Test
    void shouldWriteAFullReceiveWithoutAnEnd() {
        queuePair.receives().post(new ReceiveRequest().receive(1));
        queuePair.receives().post(new ReceiveRequest().receive(2).sge(1, 2, 3).sge(4, 5, 6).sge(7, 8, 9));

        assertThat(hex(blocks.receive().segment(), 0, 16)).isEqualTo(FILLER_4.repeat(2) + "00 00 00 00 00 00 00 00 ");
        assertThat(hex(blocks.receive().segment(), 64, 64)).isEqualTo(""
            + "01 00 00 00 00 00 00 00 " + "02 00 00 00 " + "03 00 00 00 "
            + "04 00 00 00 00 00 00 00 " + "05 00 00 00 " + "06 00 00 00 "
            + "07 00 00 00 00 00 00 00 " + "08 00 00 00 " + "09 00 00 00 "
            + FILLER_16);
    }

    @Test
    void shouldPublishInTheDoorbellPageWhatWasPosted() {
        queuePair.sends().post(new SendRequest().send(1));
        queuePair.sends().post(new SendRequest[] {new SendRequest().send(2), new SendRequest().send(3)}, 2);
        queuePair.receives().post(new ReceiveRequest().receive(4));

        assertThat(hex(blocks.doorbell().segment(), 0, 16))
            .isEqualTo("03 00 00 00 00 00 00 00 " + "03 00 00 00 " + FILLER_4);
        assertThat(hex(blocks.doorbell().segment(), 16, 112)).isEqualTo(FILLER_16.repeat(7));
        assertThat(hex(blocks.doorbell().segment(), 128, 16))
            .isEqualTo("01 00 00 00 00 00 00 00 " + "03 00 00 00 " + FILLER_4);
        assertThat(hex(blocks.doorbell().segment(), 144, 112)).isEqualTo(FILLER_16.repeat(7));
        assertThat(doorbell.sends).as("one ring for a list").isEqualTo(2);
    }
}
