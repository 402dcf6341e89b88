package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.uring.IoUring;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;

/** Messages over TCP, with each transport, with and without CRCs and markers, arrive byte by byte. */
@Timeout(60)
class TcpTransferTest {
    private static final int REGION_BYTES = 8 << 20;

    private static List<RnicOptions> ways(final RnicOptions options) {
        final List<String> transports = new ArrayList<>(List.of("auto", "nio"));
        if (IoUring.isAvailable()) {
            transports.add("io_uring");
        }
        final List<RnicOptions> ways = new ArrayList<>();
        for (final String transport : transports) {
            for (final String crc : List.of("true", "false")) {
                for (final String markers : List.of("true", "false")) {
                    ways.add(options.with("device", options.effective().get("device") + ways.size())
                        .with("tcp.transport", transport).with("mpa.crc", crc).with("mpa.markers", markers));
                }
            }
        }
        return ways;
    }

    @OverTcp
    void shouldCarryMessagesOfAnyLength(final RnicOptions options) throws InterruptedException {
        for (final RnicOptions way : ways(options)) {
            try (ConnectedPair pair = ConnectedPair.open(way)) {
                try {
                    carry(pair, new Random(1));
                } catch (final AssertionError e) {
                    throw new AssertionError(way.effective() + "; client: " + pair.client().queuePair().diagnosis()
                        + "; server: " + pair.server().queuePair().diagnosis(), e);
                }
            }
        }
    }

    private static void carry(final ConnectedPair pair, final Random random) {
        final Side client = pair.client();
        final Side server = pair.server();
        try (MemoryRegion from = client.register(REGION_BYTES, Access.LOCAL_WRITE, Access.REMOTE_READ);
            MemoryRegion to = server.register(
                REGION_BYTES, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ)) {
            final byte[] bytes = new byte[REGION_BYTES];
            random.nextBytes(bytes);
            from.segment().copyFrom(MemorySegment.ofArray(bytes));
            for (final int length : new int[] {0, 1, 3, 41, 500, 1429, 65_000, 65_536, 200_001, 3 << 20}) {
                final int offset = random.nextInt(REGION_BYTES - length);
                server.queuePair().postReceive(new ReceiveRequest().receive(1).sge(to, offset, length));
                client.queuePair().postSend(new SendRequest().send(2).sge(from, offset, length).signalled(true));
                assertThat(server.awaitReceive()).succeeded().hasByteLength(length);
                assertThat(client.awaitSend()).succeeded();
                expectEqual(from, to, offset, length);
            }
            final int length = random.nextInt(REGION_BYTES);
            client.queuePair().postSend(new SendRequest().write(3, to.address(), to.rkey()).sge(from, 0, length));
            client.queuePair().postSend(new SendRequest().read(4, to.address(), to.rkey())
                .sge(from, REGION_BYTES - length, length).signalled(true));
            assertThat(client.awaitSend()).succeeded().hasWrId(4);
            assertThat(to.segment().asSlice(0, length).mismatch(
                from.segment().asSlice(REGION_BYTES - length, length))).isEqualTo(-1);
        }
    }

    private static void expectEqual(
        final MemoryRegion from, final MemoryRegion to, final long offset, final long length) {
        assertThat(to.segment().asSlice(offset, length).mismatch(from.segment().asSlice(offset, length)))
            .isEqualTo(-1);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "mpa.crc=false")
    void whatStandsBeforeALongWriteOfMemoryThatIsGoneShouldBeDone(final ConnectedPair pair) {
        final Side client = pair.client();
        final Side server = pair.server();
        final MemoryRegion gone;
        try (Arena arena = Arena.ofShared()) {
            gone = client.domain().registerMemory(arena.allocate(1 << 16));
        }
        try (gone) {
            server.receive(1, 0, 64);
            final long target = server.region().address();
            final int key = server.region().rkey();

            client.queuePair().postSend(new SendRequest[] {
                new SendRequest().send(2).sge(client.region(), 0, 64).signalled(true),
                new SendRequest().read(3, target, key).sge(client.region(), 64, 8).signalled(true),
                new SendRequest().write(4, target, key).sge(gone, 0, 1 << 16).signalled(true)}, 3);

            assertThat(server.awaitReceive()).succeeded().hasWrId(1);
            assertThat(client.awaitSend()).succeeded().hasWrId(2);
            assertThat(client.awaitSend()).succeeded().hasWrId(3);
            assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasWrId(4);
        }
    }

    /** An answer of many turns begins in the thread that polls: what that leaves, the connection's own thread does. */
    @OverTcp
    void aLongAnswerShouldGoOnWhenItsSidePollsNoMore(final ConnectedPair pair) {
        final Side client = pair.client();
        final Side server = pair.server();
        try (MemoryRegion from = server.register(REGION_BYTES, Access.LOCAL_WRITE, Access.REMOTE_READ);
            MemoryRegion to = client.register(REGION_BYTES, Access.LOCAL_WRITE)) {
            final byte[] bytes = new byte[REGION_BYTES];
            new Random(2).nextBytes(bytes);
            from.segment().copyFrom(MemorySegment.ofArray(bytes));
            for (int polls = 0; polls < 400; polls += 20) {
                to.segment().fill((byte) 0);
                client.queuePair().postSend(new SendRequest().read(polls, from.address(), from.rkey())
                    .sge(to, 0, REGION_BYTES).signalled(true));
                for (int i = 0; i < polls; i++) {
                    assertThat(Completions.poll(server.receives())).isEmpty();
                }
                assertThat(client.awaitSend()).succeeded().hasWrId(polls);
                expectEqual(from, to, 0, REGION_BYTES);
            }
        }
    }

    /** Each answers the other's Reads and has requests of its own: neither holds the other up. */
    @OverTcp
    void readsOfBothSidesAndOtherRequestsShouldGoOnSideBySide(final ConnectedPair pair) {
        final Side client = pair.client();
        final Side server = pair.server();
        for (int i = 0; i < 25; i++) {
            read(client, server, i);
            read(server, client, i);
            client.write(1000 + i, 0, 8, server.region().address(), server.region().rkey());
        }
        assertThat(Completions.await(client.sends(), 50)).allSatisfy(done -> assertThat(done).succeeded());
        assertThat(Completions.await(server.sends(), 25)).allSatisfy(done -> assertThat(done).succeeded());
    }

    private static void read(final Side from, final Side to, final int number) {
        from.read(number, 1024, 32_768, to.region().address(), to.region().rkey());
    }
}
