package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
    private static final byte FILLER = (byte) 0xA5;
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
        refill(0);
    }

    /** Other bytes to send in each round, and none of them where they are to arrive. */
    private void refill(final int round) {
        for (int i = 0; i < Side.REGION_BYTES; i++) {
            client.memory().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + (i >> 8) + round));
        }
        inbox.segment().fill(FILLER);
        server.memory().fill(FILLER);
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
            refill(round);
            final int count = 1 + random.nextInt(MOST);
            final List<SendRequest> requests = new ArrayList<>();
            final List<Long> reported = new ArrayList<>();
            final int[] lengths = new int[count];
            final boolean[] isLocal = new boolean[count];
            for (int i = 0; i < count; i++) {
                lengths[i] = LENGTHS[random.nextInt(LENGTHS.length)];
                isLocal[i] = random.nextInt(16) != 0;
                final MemoryRegion region = isLocal[i] ? inbox : server.region();
                final ReceiveRequest receive = new ReceiveRequest().receive(1000 + i);
                final int first = random.nextInt(16) == 0 ? 5 : PLACE;
                receive.sge(region, (long) i * PLACE, first);
                server.queuePair().postReceive(
                    first == PLACE ? receive : receive.sge(region, (long) i * PLACE + first, PLACE - first));
                requests.add(request(random.nextInt(16), i, lengths[i])
                    .signalled(random.nextInt(3) == 0 || i == count - 1).solicited(random.nextInt(32) == 0));
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
                expectPlaced(isLocal[i] ? inbox.segment() : server.memory(), i, lengths[i]);
            }
            assertThat(Completions.await(client.sends(), reported.size())).extracting(CompletedRequest::wrId)
                .containsExactlyElementsOf(reported);
            assertThat(Completions.poll(client.sends())).isEmpty();
        }
    }

    /** And nothing behind it. */
    private void expectPlaced(final MemorySegment memory, final int number, final int length) {
        final byte[] expected = new byte[PLACE];
        Arrays.fill(expected, FILLER);
        System.arraycopy(client.bytes((long) number * PLACE, length), 0, expected, 0, length);
        assertThat(memory.asSlice((long) number * PLACE, PLACE).toArray(ValueLayout.JAVA_BYTE))
            .as("message %d", number).isEqualTo(expected);
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

    /** Posts; so many are done, the next one fails like that, and the others are flushed. Then it goes on afresh. */
    private void expect(final int done, final CompletionStatus status, final List<SendRequest> requests)
        throws InterruptedException {
        refill(done);
        final Map<String, Long> before = client.rnic().counters();
        post(requests);
        final List<CompletedRequest> sent = Completions.await(client.sends(), COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(sent.get(i)).hasWrId(i).hasStatus(
                i < done ? CompletionStatus.SUCCESS : i == done ? status : CompletionStatus.FLUSHED);
        }
        for (int i = 0; i < done; i++) {
            assertThat(server.awaitReceive()).hasWrId(i).succeeded();
            expectPlaced(inbox.segment(), i, 32);
        }
        expectCounted(before, "sends", done);
        expectCounted(before, "sendBytes", done * 32L);
        expectCounted(before, "receives", done);
        expectCounted(before, "receiveBytes", done * 32L);
        server.awaitState(QueuePairState.ERROR);
        pair.reconnect();
        Completions.poll(server.receives());
    }

    private void expectCounted(final Map<String, Long> before, final String name, final long more) {
        assertThat(client.rnic().counters()).as(name).containsEntry("device." + name,
            before.getOrDefault("device." + name, 0L) + more);
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

    /** A list whose eighth Send, or so, is of memory whose arena is closed. */
    @SuppressWarnings("MustBeClosed") // closed in the middle
    private MemoryRegion closed(final List<SendRequest> requests, final int bad) {
        final Arena arena = Arena.ofShared();
        final MemoryRegion gone = client.domain().registerMemory(arena.allocate(64), Access.LOCAL_WRITE);
        requests.set(bad, new SendRequest().send(bad).sge(gone, 0, 32));
        arena.close();
        receive(COUNT, 32);
        return gone;
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldDoAllBeforeTheOneWhoseArenaIsClosed() throws InterruptedException {
        for (final int bad : PLACES) {
            final List<SendRequest> requests = list();
            try (MemoryRegion _ = closed(requests, bad)) {
                expect(bad, CompletionStatus.LOCAL_PROTECTION_ERROR, requests);
            }
        }
    }

    /** The thread that posts is the one that finds the arena closed. */
    @RnicTest(link = "loopback")
    void shouldLeaveWhoPostsInterruptedIfItWas() {
        final List<SendRequest> requests = list();
        try (MemoryRegion _ = closed(requests, 7)) {
            Thread.currentThread().interrupt();
            post(requests);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Completions.await(client.sends(), COUNT).get(7))
                .hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
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

    /** The Send whose own completion is lost is the last that arrives. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:8")
    void shouldDoNothingBehindTheOneThatOverrunsTheSendersCompletionQueue() {
        receive(7, 32);
        post(List.of(send(0, 32)));
        final List<SendRequest> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(new SendRequest().write(i, server.region().address(), server.region().rkey())
                .sge(client.region(), 0, 8).signalled(true));
        }
        for (int i = 5; i < 15; i++) {
            requests.add(send(i, 32).signalled(true));
        }
        post(requests);
        assertThat(Completions.await(client.sends(), 7)).extracting(CompletedRequest::wrId)
            .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        final List<CompletedRequest> received = Completions.await(server.receives(), 7);
        assertThat(received.subList(0, 4)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
        assertThat(received.subList(4, 7)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.FLUSHED);
    }

    /** More than the NIC does without a pause, all of them reported. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback")
    void shouldReportEachOfALongList(final RnicOptions options) throws InterruptedException {
        final int count = 200;
        try (ConnectedPair deep = ConnectedPair.open(options, queues -> queues.withRequests(256, 256));
            MemoryRegion target = deep.server().register(count * 32L, Access.LOCAL_WRITE)) {
            for (int round = 0; round < 3; round++) {
                final SendRequest[] requests = new SendRequest[count];
                for (int i = 0; i < count; i++) {
                    deep.client().memory().set(ValueLayout.JAVA_INT, i * 32L, i + round);
                    deep.server().queuePair().postReceive(new ReceiveRequest().receive(i).sge(target, i * 32L, 32));
                    requests[i] =
                        new SendRequest().send(i).sge(deep.client().region(), i * 32L, 32).signalled(true);
                }
                deep.client().queuePair().postSend(requests, count);
                final List<CompletedRequest> sent = Completions.await(deep.client().sends(), count);
                final List<CompletedRequest> received = Completions.await(deep.server().receives(), count);
                for (int i = 0; i < count; i++) {
                    assertThat(sent.get(i)).hasWrId(i).succeeded();
                    assertThat(received.get(i)).hasWrId(i).succeeded();
                    assertThat(target.segment().get(ValueLayout.JAVA_INT, i * 32L)).isEqualTo(i + round);
                }
            }
        }
    }

    /**
     * Seen where both sides report to one queue, of which one event tells: there are trains at all. Through the kernel
     * there are none, for it names memory by bus addresses, where no host places messages.
     */
    @RnicTest(frontEnds = "user", link = "loopback")
    void shouldDeliverAllBeforeItReportsThem() throws InterruptedException {
        try (CompletionChannel channel = client.rnic().createCompletionChannel();
            CompletionQueue both = client.rnic().createCompletionQueue(64, channel);
            QueuePair from = client.domain().createQueuePair(QueuePairOptions.of(both).withRequests(16, 16));
            QueuePair to = client.domain().createQueuePair(QueuePairOptions.of(both).withRequests(16, 16));
            MemoryRegion target = client.register(64, Access.LOCAL_WRITE)) {
            ConnectedPair.connect(from, client.rnic(), to);
            for (int i = 0; i < 4; i++) {
                to.postReceive(new ReceiveRequest().receive(10 + i).sge(target, 0, 32));
            }
            from.postSend(send(0, 32).signalled(true));
            assertThat(Completions.await(both, 2)).extracting(CompletedRequest::wrId).containsExactly(10L, 0L);
            both.requestNotification(false);
            from.postSend(new SendRequest[] {send(1, 32).signalled(true), send(2, 32), send(3, 32).signalled(true)}, 3);
            assertThat(channel.await(Completions.PATIENCE)).isSameAs(both);
            assertThat(channel.await(Duration.ZERO)).as("one event").isNull();
            assertThat(Completions.await(both, 5)).extracting(CompletedRequest::wrId)
                .containsExactly(11L, 12L, 13L, 1L, 3L);
        }
    }
}
