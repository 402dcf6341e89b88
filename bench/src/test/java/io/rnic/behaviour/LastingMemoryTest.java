package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/**
 * Memory that nobody can close ({@link Arena#ofAuto}) beside memory that somebody can: a NIC may use the former by its
 * addresses, but what arrives is the same.
 */
class LastingMemoryTest {
    private static final int BYTES = 512;
    private static final int LONGEST = 72;
    private static final int LIST = 3;
    private static final byte FILLER = (byte) 0xA5;

    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    /** Sends and Writes one by one, the second of which a NIC may do with what it remembers of the first. */
    private void expectAllLengths(final Arena from, final Arena to) {
        try (MemoryRegion source = client.domain().registerMemory(from.allocate(BYTES));
            MemoryRegion target = server.domain().registerMemory(
                to.allocate(BYTES), Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            MemoryRegion inbox = server.domain().registerMemory(to.allocate(BYTES), Access.LOCAL_WRITE)) {
            for (int length = 1; length <= LONGEST; length++) {
                for (int round = 0; round < 2; round++) {
                    final byte[] message = message(source, length, round);
                    write(source, target, length);
                    expectOnly(target, message, BYTES - length);
                    sendList(source, inbox, length, 1);
                    expectOnly(inbox, message, BYTES - length);
                }
                final byte[] message = message(source, length, 2);
                sendList(source, inbox, length, LIST);
                expectOnly(inbox, message, IntStream.range(1, LIST + 1).map(i -> BYTES - i * LONGEST).toArray());
            }
        }
    }

    /** In the source from byte 5 on. */
    private static byte[] message(final MemoryRegion source, final int length, final int seed) {
        final byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 7 + seed + 1);
        }
        MemorySegment.copy(message, 0, source.segment(), ValueLayout.JAVA_BYTE, 5, length);
        return message;
    }

    /** Up to the last byte of the target. */
    private void write(final MemoryRegion source, final MemoryRegion target, final int length) {
        target.segment().fill(FILLER);
        client.queuePair().postSend(new SendRequest()
            .write(1, target.address() + BYTES - length, target.rkey()).sge(source, 5, length).signalled(true));
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        client.awaitPlaced();
    }

    /** The same message so often, one behind the other; one alone up to the last byte of the inbox. */
    private void sendList(final MemoryRegion source, final MemoryRegion inbox, final int length, final int count) {
        inbox.segment().fill(FILLER);
        for (int i = 1; i <= count; i++) {
            server.queuePair().postReceive(
                new ReceiveRequest().receive(i).sge(inbox, BYTES - (count == 1 ? length : i * LONGEST), length));
        }
        client.queuePair().postSend(IntStream.range(0, count).mapToObj(i ->
            new SendRequest().send(i).sge(source, 5, length)).toArray(SendRequest[]::new), count);
        assertThat(Completions.await(server.receives(), count)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
    }

    private static void expectOnly(final MemoryRegion region, final byte[] message, final int... offsets) {
        final byte[] expected = new byte[BYTES];
        Arrays.fill(expected, FILLER);
        for (final int offset : offsets) {
            System.arraycopy(message, 0, expected, offset, message.length);
        }
        assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).as("%d bytes", message.length).isEqualTo(expected);
    }

    @EveryDoor
    void shouldArriveWhereBothLast() {
        expectAllLengths(Arena.ofAuto(), Arena.ofAuto());
    }

    @EveryDoor
    void shouldArriveWhereOneOfThemLasts() {
        try (Arena arena = Arena.ofShared()) {
            expectAllLengths(Arena.ofAuto(), arena);
            expectAllLengths(arena, Arena.ofAuto());
        }
    }

    @EveryDoor
    void shouldArriveWhereNoneLasts() {
        try (Arena arena = Arena.ofShared()) {
            expectAllLengths(arena, arena);
        }
    }

    /** What is remembered of the first Write, the others go by. */
    @EveryDoor
    void shouldArriveInThePartThatAWindowIsBoundTo() {
        try (MemoryRegion region = server.domain().registerMemory(
                Arena.ofAuto().allocate(BYTES), Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.MW_BIND);
            MemoryWindow window = server.domain().allocateMemoryWindow();
            MemoryRegion source = client.domain().registerMemory(Arena.ofAuto().allocate(BYTES))) {
            server.queuePair().postSend(
                new SendRequest().bind(1, window, region, 128, 64, Access.REMOTE_WRITE).signalled(true));
            assertThat(server.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            for (int round = 0; round < 3; round++) {
                final byte[] message = message(source, 32, round);
                region.segment().fill(FILLER);
                client.queuePair().postSend(new SendRequest()
                    .write(1, region.address() + 160, window.rkey()).sge(source, 5, 32).signalled(true));
                assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
                client.awaitPlaced();
                expectOnly(region, message, 160);
            }
        }
    }

    /** The access is asked for each time, also where the region is the one of the Write before. */
    @EveryDoor
    void shouldRefuseAWriteIntoARegionThatAllowsNoneAnyMore() {
        final MemoryRegion region = server.domain().registerMemory(
            Arena.ofAuto().allocate(BYTES), Access.LOCAL_WRITE, Access.REMOTE_WRITE);
        try (MemoryRegion source = client.domain().registerMemory(Arena.ofAuto().allocate(BYTES))) {
            message(source, 32, 0);
            write(source, region, 32);
            write(source, region, 32);
            final int key = region.rkey();
            region.reregister(Access.LOCAL_WRITE);
            region.segment().fill(FILLER);
            client.queuePair().postSend(
                new SendRequest().write(2, region.address(), key).sge(source, 5, 32).signalled(true));
            client.awaitState(QueuePairState.ERROR);
            assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(FILLER);
        }
        region.close();
    }

    /** What was left in a completion is in the region before it goes, and nothing is put there afterwards. */
    @EveryDoor
    void shouldHavePlacedAMessageWhenItsRegionIsGone() {
        final MemorySegment memory = Arena.ofAuto().allocate(BYTES);
        final MemoryRegion inbox = server.domain().registerMemory(memory, Access.LOCAL_WRITE);
        for (int round = 0; round < 2; round++) {
            server.queuePair().postReceive(new ReceiveRequest().receive(round).sge(inbox, 0, Long.BYTES));
        }
        for (int round = 0; round < 2; round++) {
            client.memory().set(ValueLayout.JAVA_LONG, 0, 77);
            client.send(round, 0, Long.BYTES);
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        }
        client.awaitPlaced();
        inbox.close();
        assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        memory.fill(FILLER);
        assertThat(Completions.await(server.receives(), 2)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
        assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsOnly(FILLER);
    }
}
