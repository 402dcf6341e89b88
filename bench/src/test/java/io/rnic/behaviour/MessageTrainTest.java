package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Lists of Sends, of which a NIC may deliver those that are alike in one go: what comes of each is what comes of it
 * alone, in its place among the others.
 */
class MessageTrainTest {
    /** As many as a queue pair holds. */
    private static final int MOST = 64;
    private static final int PLACE = 256;
    /** How many lists have of which one Send fails, and where. */
    private static final int COUNT = 20;
    private static final int[] PLACES = {0, 1, 7, COUNT - 1};
    /** On both sides of what a completion carries, with ends that are no words. */
    private static final int[] LENGTHS = {0, 1, 7, 8, 9, 16, 32, 32, 32, 39, 40, 41, 64};
    private static final long SEED = 20_040_229;

    private ConnectedPair pair;
    private Side client;
    private Side server;
    /** Nobody else reaches it: such a region's messages may come in completions. */
    private MemoryRegion inbox;

    @BeforeEach
    void connect(final ConnectedPair connected) {
        pair = connected;
        client = pair.client();
        server = pair.server();
        inbox = server.register(Side.REGION_BYTES, Access.LOCAL_WRITE);
        for (int i = 0; i < Side.REGION_BYTES; i++) {
            client.memory().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + (i >> 8)));
        }
    }

    @AfterEach
    void close() {
        inbox.close();
    }

    private SendRequest send(final int number, final int length) {
        return new SendRequest().send(number).sge(client.region(), (long) number * PLACE, length);
    }

    private void receive(final int count, final int length) {
        for (int i = 0; i < count; i++) {
            server.queuePair().postReceive(new ReceiveRequest().receive(i).sge(inbox, (long) i * PLACE, length));
        }
    }

    private void post(final List<SendRequest> requests) {
        client.queuePair().postSend(requests.toArray(SendRequest[]::new), requests.size());
    }

    /** Sends of any length and kind, any of them signalled, into receives of any kind. */
    @EveryDoor
    void shouldDoEachOfAnyListInItsOrder() {
        final Random random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            final int count = 1 + random.nextInt(MOST);
            final List<SendRequest> requests = new ArrayList<>();
            final List<Long> reported = new ArrayList<>();
            final int[] lengths = new int[count];
            final boolean[] isLocal = new boolean[count];
            for (int i = 0; i < count; i++) {
                lengths[i] = LENGTHS[random.nextInt(LENGTHS.length)];
                isLocal[i] = random.nextInt(8) != 0;
                final MemoryRegion region = isLocal[i] ? inbox : server.region();
                final ReceiveRequest receive = new ReceiveRequest().receive(1000 + i);
                final int first = random.nextInt(8) == 0 ? 5 : PLACE;
                receive.sge(region, (long) i * PLACE, first);
                server.queuePair().postReceive(
                    first == PLACE ? receive : receive.sge(region, (long) i * PLACE + first, PLACE - first));
                requests.add(request(random.nextInt(8), i, lengths[i])
                    .signalled(random.nextInt(3) == 0 || i == count - 1).solicited(random.nextInt(16) == 0));
                if (requests.get(i).signalled()) {
                    reported.add((long) i);
                }
            }
            post(requests);
            final List<CompletedRequest> received = Completions.await(server.receives(), count);
            assertThat(received).extracting(CompletedRequest::status).containsOnly(CompletionStatus.SUCCESS);
            assertThat(received).extracting(CompletedRequest::wrId)
                .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> 1000L + i).toList());
            assertThat(received.stream().mapToInt(CompletedRequest::byteLength).toArray()).isEqualTo(lengths);
            for (int i = 0; i < count; i++) {
                final MemorySegment memory = isLocal[i] ? inbox.segment() : server.memory();
                assertThat(memory.asSlice((long) i * PLACE, lengths[i]).toArray(ValueLayout.JAVA_BYTE))
                    .as("round %d, message %d of %d", round, i, count)
                    .isEqualTo(client.bytes((long) i * PLACE, lengths[i]));
            }
            assertThat(Completions.await(client.sends(), reported.size())).extracting(CompletedRequest::wrId)
                .containsExactlyElementsOf(reported);
            assertThat(Completions.poll(client.sends())).isEmpty();
        }
    }

    private SendRequest request(final int kind, final int number, final int length) {
        final long offset = (long) number * PLACE;
        return switch (kind) {
            case 0 -> new SendRequest().send(number).inline(client.memory(), offset, length);
            case 1 -> new SendRequest().send(number).sge(client.region(), offset, length / 2)
                .sge(client.region(), offset + length / 2, length - length / 2);
            default -> send(number, length);
        };
    }

    private List<SendRequest> list() {
        return IntStream.range(0, COUNT).mapToObj(i -> send(i, 32).signalled(true))
            .collect(Collectors.toCollection(ArrayList::new));
    }

    private long counted(final String name) {
        return client.rnic().counters().getOrDefault("device." + name, -1L);
    }

    /** Posts; so many are done, the next one fails like that, and the others are flushed. Then it goes on afresh. */
    private void expect(final int done, final CompletionStatus status, final List<SendRequest> requests)
        throws InterruptedException {
        final long sends = counted("sends");
        final long bytes = counted("sendBytes");
        post(requests);
        final List<CompletedRequest> sent = Completions.await(client.sends(), COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(sent.get(i)).hasWrId(i).hasStatus(
                i < done ? CompletionStatus.SUCCESS : i == done ? status : CompletionStatus.FLUSHED);
        }
        for (int i = 0; i < done; i++) {
            assertThat(server.awaitReceive()).hasWrId(i).succeeded();
            assertThat(inbox.segment().asSlice((long) i * PLACE, 32).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(client.bytes((long) i * PLACE, 32));
        }
        assertThat(counted("sends") - sends).isEqualTo(done);
        assertThat(counted("sendBytes") - bytes).isEqualTo(done * 32L);
        server.awaitState(QueuePairState.ERROR);
        pair.reconnect();
        Completions.poll(server.receives());
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldDoAllBeforeTheOneWhoseKeyIsWrong() throws InterruptedException {
        for (final int bad : PLACES) {
            receive(COUNT, 32);
            final List<SendRequest> requests = list();
            requests.set(bad, new SendRequest().send(bad).sge(client.region().address(), 32,
                client.region().lkey() + 1));
            expect(bad, CompletionStatus.LOCAL_PROTECTION_ERROR, requests);
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldDoAllBeforeTheOneBeyondItsRegion() throws InterruptedException {
        for (final int bad : PLACES) {
            receive(COUNT, 32);
            final List<SendRequest> requests = list();
            requests.set(bad, new SendRequest().send(bad).sge(client.region(), Side.REGION_BYTES - 31, 32));
            expect(bad, CompletionStatus.LOCAL_PROTECTION_ERROR, requests);
        }
    }

    /** Who posts is not interrupted by that, and stays so who is. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    @SuppressWarnings("MustBeClosed") // closed in the middle
    void shouldDoAllBeforeTheOneWhoseArenaIsClosed() throws InterruptedException {
        for (final int bad : PLACES) {
            final Arena arena = Arena.ofShared();
            try (MemoryRegion gone = client.domain().registerMemory(arena.allocate(64), Access.LOCAL_WRITE)) {
                receive(COUNT, 32);
                final List<SendRequest> requests = list();
                requests.set(bad, new SendRequest().send(bad).sge(gone, 0, 32));
                arena.close();
                expect(bad, CompletionStatus.LOCAL_PROTECTION_ERROR, requests);
            }
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldDoAllBeforeTheOneThatIsTooLong() throws InterruptedException {
        for (final int bad : PLACES) {
            receive(COUNT, 32);
            final List<SendRequest> requests = list();
            requests.set(bad, send(bad, 33));
            expect(bad, CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, requests);
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldDoAsManyAsThereAreReceives() throws InterruptedException {
        for (final int posted : PLACES) {
            receive(posted, 32);
            expect(posted, CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, list());
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:8")
    void shouldDoAllBeforeTheOneThatOverrunsItsCompletionQueue() {
        receive(COUNT, 32);
        post(IntStream.range(0, COUNT).mapToObj(i -> send(i, 32)).toList());
        assertThat(server.awaitDiagnosis().check()).isEqualTo(Check.INJECTED_OVERRUN);
        assertThat(Completions.await(server.receives(), 7)).extracting(CompletedRequest::wrId)
            .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(client.awaitSend().wrId()).isEqualTo(7);
    }
}
