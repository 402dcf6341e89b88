package io.rnic.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A peer that writes at full speed over a connection of its own, through a key that is taken away meanwhile: when that
 * is done, no byte changes any more. The Writes are so long that the key goes in the middle of one, and the region is
 * filled from its end, so that what is still placed shows.
 */
final class PeerWrites implements AutoCloseable {
    private static final int BATCH = 4;
    private static final int PIECE = 4096;
    private static final byte WRITTEN = 0x5a;
    private static final byte AFTERWARDS = 1;

    private final boolean acknowledges;
    private final MemoryRegion source;
    private final CompletionQueue completions;
    private final QueuePair writer;
    private final QueuePair sink;
    private final SendRequest[] requests = new SendRequest[BATCH];
    private final CompletableFuture<CompletionStatus> end;

    private PeerWrites(final ConnectedPair pair, final MemoryRegion target, final int rkey)
        throws InterruptedException {
        final Side client = pair.client();
        acknowledges = pair.acknowledges();
        source = client.register(target.length());
        source.segment().fill(WRITTEN);
        completions = client.rnic().createCompletionQueue(2 * BATCH);
        writer = client.domain().createQueuePair(QueuePairOptions.of(completions));
        sink = pair.server().domain().createQueuePair(QueuePairOptions.of(pair.server().sends()));
        ConnectedPair.connect(writer, pair.server().rnic(), sink);
        for (int i = 0; i < BATCH; i++) {
            requests[i] = new SendRequest().write(i, target.address(), rkey).sge(source, 0, (int) target.length())
                .signalled(true);
        }
        end = CompletableFuture.supplyAsync(this::writeUntilRefused);
    }

    /** What takes the key away. */
    interface Taking {
        void run() throws Exception;
    }

    /** How long the Writes are: over TCP one segment. */
    static int length(final ConnectedPair pair) {
        return pair.acknowledges() ? 1 << 18 : 15 << 12;
    }

    /** How often it is tried: over TCP the key so seldom goes while a segment is placed that more does not help. */
    static int rounds(final ConnectedPair pair) {
        return pair.acknowledges() ? 10 : 5;
    }

    /** A region of the server's that takes such Writes. */
    static MemoryRegion region(final ConnectedPair pair, final Access... access) {
        return pair.server().register(length(pair), access);
    }

    /** Lets the client write through that key while it is taken away; then it is refused for that reason. */
    static void expectNoneAfter(final ConnectedPair pair, final MemoryRegion target, final int rkey,
        final Diagnosis.Check check, final Taking taking) throws Exception {
        final MemorySegment memory = target.segment();
        try (PeerWrites writes = new PeerWrites(pair, target, rkey)) {
            Await.until("the first Write is placed", () -> memory.get(ValueLayout.JAVA_BYTE, 0) == WRITTEN);
            taking.run();
            for (long from = memory.byteSize() - PIECE; from >= 0; from -= PIECE) {
                memory.asSlice(from, PIECE).fill(AFTERWARDS);
            }
            writes.expectRefused(check);
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsOnly(AFTERWARDS);
        }
    }

    private CompletionStatus writeUntilRefused() {
        CompletionStatus status = CompletionStatus.SUCCESS;
        while (status == CompletionStatus.SUCCESS) {
            writer.postSend(requests, BATCH);
            final List<CompletedRequest> done = Completions.await(completions, BATCH);
            status = done.stream().map(CompletedRequest::status).filter(each -> each != CompletionStatus.SUCCESS)
                .findFirst().orElse(status);
        }
        return status;
    }

    private void expectRefused(final Diagnosis.Check check) throws Exception {
        assertThat(end.get(Completions.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isIn(
            CompletionStatus.REMOTE_ACCESS_ERROR,
            acknowledges ? CompletionStatus.REMOTE_ACCESS_ERROR : CompletionStatus.FLUSHED);
        assertThat(Await.diagnosis(sink).check()).isEqualTo(check);
        assertThat(Await.diagnosis(writer).check()).isEqualTo(check);
    }

    @Override
    public void close() {
        writer.close();
        sink.close();
        completions.close();
        source.close();
    }
}
