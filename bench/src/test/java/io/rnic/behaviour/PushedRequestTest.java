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
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/**
 * Requests that a NIC may take with the ring itself, without a slot: posted one by one and in lists, what comes of them
 * is the same whether it does or not.
 */
class PushedRequestTest {
    private static final int PLACE = 8;
    private static final int COUNT = 12;
    /** What is lost in a queue that overruns, and what came before it. */
    private static final int LOST = 8;
    private static final int LONG_LIST = 1_300;
    private static final int SIGNAL_EVERY = 4;

    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
        for (int i = 0; i < COUNT; i++) {
            client.memory().set(ValueLayout.JAVA_LONG, (long) i * PLACE, i + 1);
        }
    }

    /** Each to a place of its own. */
    private List<SendRequest> writes() {
        return IntStream.range(0, COUNT).mapToObj(i -> new SendRequest()
            .write(i, server.region().address() + (long) i * PLACE, server.region().rkey())
            .sge(client.region(), (long) i * PLACE, PLACE).signalled(true)).toList();
    }

    /** The first alone: by it the region is known that the others write. */
    private void postList(final List<SendRequest> requests) {
        client.queuePair().postSend(requests.getFirst());
        client.queuePair().postSend(
            requests.subList(1, requests.size()).toArray(SendRequest[]::new), requests.size() - 1);
    }

    private void postEach(final List<SendRequest> requests) {
        requests.forEach(client.queuePair()::postSend);
    }

    private long written(final int place) {
        return server.memory().get(ValueLayout.JAVA_LONG, (long) place * PLACE);
    }

    /** The Write whose completion is lost is the last that is done. */
    private void expectOverrun(final Consumer<List<SendRequest>> post) {
        post.accept(writes());
        assertThat(client.awaitDiagnosis().check()).isEqualTo(Check.INJECTED_OVERRUN);
        client.awaitState(QueuePairState.ERROR);
        server.awaitState(QueuePairState.ERROR);
        assertThat(Completions.await(client.sends(), LOST - 1)).extracting(CompletedRequest::wrId)
            .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        for (int i = 0; i < COUNT; i++) {
            assertThat(written(i)).as("place %d", i).isEqualTo(i < LOST ? i + 1 : 0);
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:" + LOST)
    void shouldDoNoWriteOfAListBehindTheOneThatOverrunsItsCompletionQueue() {
        expectOverrun(this::postList);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:" + LOST)
    void shouldDoNoWriteBehindTheOneThatOverrunsItsCompletionQueue() {
        expectOverrun(this::postEach);
    }

    /** A request of the peer's that waited is flushed by the thread that posted the one that came to nothing. */
    private void expectFlushed(final Consumer<List<SendRequest>> post) {
        server.queuePair().modify(QueuePairState.SQD);
        server.queuePair().postSend(new SendRequest().write(77, client.region().address(), client.region().rkey())
            .sge(server.region(), 0, PLACE));
        post.accept(writes().subList(0, LOST));
        assertThat(server.awaitSend()).hasWrId(77).hasStatus(CompletionStatus.FLUSHED);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:" + LOST)
    void shouldFlushThePeerWhenTheLastOfAListOverruns() {
        expectFlushed(this::postList);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "loopback", faults = "overrun:" + LOST)
    void shouldFlushThePeerWhenAWriteOverruns() {
        expectFlushed(this::postEach);
    }

    /** Of more than the NIC does in one go, and than a crossing carries; a Read at the end says that all are there. */
    @EveryDoor
    void shouldDoEachWriteOfALongListOnce(final RnicOptions options) throws InterruptedException {
        try (ConnectedPair big = ConnectedPair.open(options, queues -> queues.withRequests(LONG_LIST, 1))) {
            final Side from = big.client();
            final Side to = big.server();
            for (final int count : new int[] {2, 63, 64, 65, 129, LONG_LIST}) {
                final SendRequest[] list = new SendRequest[count];
                for (int i = 0; i < count - 1; i++) {
                    final long place = (long) i * PLACE;
                    from.memory().set(ValueLayout.JAVA_LONG, place, count + i);
                    list[i] = new SendRequest().write(i, to.region().address() + place, to.region().rkey())
                        .sge(from.region(), place, PLACE).signalled(i % SIGNAL_EVERY == 0);
                }
                list[count - 1] = new SendRequest().read(count - 1, to.region().address(), to.region().rkey())
                    .sge(from.region(), (long) LONG_LIST * PLACE, PLACE).signalled(true);
                final Map<String, Long> before = from.rnic().counters();
                from.queuePair().postSend(list, count);
                final List<Long> signalled = Arrays.stream(list).filter(SendRequest::signalled)
                    .map(SendRequest::wrId).toList();
                assertThat(Completions.await(from.sends(), signalled.size())).extracting(CompletedRequest::wrId)
                    .containsExactlyElementsOf(signalled);
                for (int i = 0; i < count - 1; i++) {
                    assertThat(to.memory().get(ValueLayout.JAVA_LONG, (long) i * PLACE)).isEqualTo(count + i);
                }
                assertThat(Completions.poll(from.sends())).isEmpty();
                expectCounted(from.rnic(), before, "writes", count - 1);
            }
            assertThat(from.queuePair().sendSpace()).isEqualTo(LONG_LIST);
        }
    }

    @EveryDoor
    void shouldCountAsManyWritesAndSendsAsWereDone() {
        try (MemoryRegion inbox = server.register(Side.REGION_BYTES, Access.LOCAL_WRITE)) {
            final Map<String, Long> before = client.rnic().counters();
            postList(writes());
            postEach(writes());
            assertThat(Completions.await(client.sends(), 2 * COUNT)).extracting(CompletedRequest::status)
                .containsOnly(CompletionStatus.SUCCESS);
            for (int i = 0; i < COUNT; i++) {
                server.queuePair().postReceive(new ReceiveRequest().receive(i).sge(inbox, 0, PLACE));
                client.queuePair().postSend(new SendRequest().send(i).sge(client.region(), (long) i * PLACE, PLACE)
                    .signalled(i % 2 == 0));
                assertThat(server.awaitReceive()).hasWrId(i).hasByteLength(PLACE).succeeded();
                assertThat(inbox.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(i + 1);
            }
            assertThat(Completions.await(client.sends(), COUNT / 2)).extracting(CompletedRequest::wrId)
                .containsExactly(0L, 2L, 4L, 6L, 8L, 10L);
            expectCounted(before, "writes", 2 * COUNT);
            expectCounted(before, "writeBytes", 2 * COUNT * PLACE);
            expectCounted(before, "sends", COUNT);
            expectCounted(before, "sendBytes", COUNT * PLACE);
            expectCounted(before, "receives", COUNT);
            expectCounted(before, "receiveBytes", COUNT * PLACE);
        }
    }

    private void expectCounted(final Map<String, Long> before, final String name, final long more) {
        expectCounted(client.rnic(), before, name, more);
    }

    private static void expectCounted(
        final Rnic rnic, final Map<String, Long> before, final String name, final long more) {
        assertThat(rnic.counters()).as(name).containsEntry("device." + name,
            before.getOrDefault("device." + name, 0L) + more);
    }

    /** As the region that was sent from last, and as another one. */
    @EveryDoor
    @SuppressWarnings("MustBeClosed") // closed in the middle
    void shouldRefuseTheWriteWhoseMemoryIsGone() {
        postEach(writes());
        Completions.await(client.sends(), COUNT);
        final Arena arena = Arena.ofShared();
        try (MemoryRegion gone = client.domain().registerMemory(arena.allocate(PLACE), Access.LOCAL_WRITE)) {
            final SendRequest write = new SendRequest()
                .write(1, server.region().address(), server.region().rkey()).sge(gone, 0, PLACE).signalled(true);
            client.queuePair().postSend(write);
            assertThat(client.awaitSend()).succeeded();
            arena.close();
            client.queuePair().postSend(write);
            assertThat(client.awaitSend()).hasWrId(1).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
        }
    }
}
