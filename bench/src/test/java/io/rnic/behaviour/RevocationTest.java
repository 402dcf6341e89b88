package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Requests that wait until no thread uses an STag any more, while others do the same or take the queue pair away. */
class RevocationTest {
    private static final int ROUNDS = 60;
    private static final int MESSAGES = 100;

    /** Each side makes STags of the other invalid at the same time: none waits for the other for ever. */
    @EveryDoor
    void shouldLetBothSidesInvalidateAtOnce(final ConnectedPair pair) throws Exception {
        final CompletableFuture<Void> other =
            CompletableFuture.runAsync(() -> invalidateAgain(pair.server(), pair.client()));
        invalidateAgain(pair.client(), pair.server());
        other.get();
    }

    private static void invalidateAgain(final Side from, final Side to) {
        try (MemoryRegion region = to.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            for (int i = 0; i < MESSAGES; i++) {
                to.receive(i, 0, 8);
                from.queuePair().postSend(new SendRequest().sendWithInvalidate(i, region.rkey()).signalled(true));
                assertThat(from.awaitSend()).succeeded();
                assertThat(to.awaitReceive().invalidatedStag()).isEqualTo(region.rkey());
                region.reregister(Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            }
        }
    }

    @EveryDoor
    void shouldReportNothingOfAQueuePairThatIsResetMeanwhile(final ConnectedPair pair) throws Exception {
        whileInvalidating(pair, (queuePair, completions) -> {
            queuePair.modify(QueuePairState.RESET);
            assertThat(Completions.poll(completions)).isEmpty();
            assertThat(queuePair.sendSpace()).isEqualTo(128);
        });
    }

    @EveryDoor
    void shouldReportNothingOfAQueuePairThatIsClosedMeanwhile(final ConnectedPair pair) throws Exception {
        whileInvalidating(pair, (queuePair, completions) -> {
            queuePair.close();
            assertThat(Completions.poll(completions)).isEmpty();
        });
    }

    @EveryDoor
    void shouldFlushBehindAnInvalidationWhenTheConnectionEnds(final ConnectedPair pair) throws Exception {
        whileInvalidating(pair, (queuePair, completions) -> {
            queuePair.disconnect();
            final List<CompletedRequest> done = Completions.await(completions, 1);
            done.addAll(Completions.poll(completions));
            assertThat(done).extracting(CompletedRequest::status)
                .isSubsetOf(CompletionStatus.SUCCESS, CompletionStatus.FLUSHED);
        });
    }

    private interface Interference {
        void with(QueuePair queuePair, CompletionQueue completions);
    }

    /** A thread posts invalidations until the queue pair takes no more; this one gets in its way. */
    private static void whileInvalidating(final ConnectedPair pair, final Interference interference) throws Exception {
        final Side client = pair.client();
        for (int round = 0; round < ROUNDS; round++) {
            try (CompletionQueue completions = client.rnic().createCompletionQueue(256);
                MemoryWindow window = client.domain().allocateMemoryWindow();
                QueuePair sink = pair.server().domain().createQueuePair(QueuePairOptions.of(pair.server().sends()))) {
                final QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(completions));
                ConnectedPair.connect(queuePair, pair.server().rnic(), sink);
                final int rkey = window.rkey();
                final SendRequest[] list = IntStream.range(0, 4)
                    .mapToObj(i -> new SendRequest().localInvalidate(i, rkey).signalled(true))
                    .toArray(SendRequest[]::new);
                final CountDownLatch begun = new CountDownLatch(1);
                final CompletableFuture<RnicError> posting =
                    CompletableFuture.supplyAsync(() -> postUntilRefused(queuePair, list, begun));
                begun.await();
                interference.with(queuePair, completions);
                assertThat(posting.get()).isIn(RnicError.CLOSED, RnicError.INVALID_STATE, RnicError.QUEUE_FULL);
                if (!isClosed(queuePair)) {
                    queuePair.close();
                }
            }
        }
    }

    private static RnicError postUntilRefused(
        final QueuePair queuePair, final SendRequest[] list, final CountDownLatch begun) {
        while (true) {
            try {
                queuePair.postSend(list, list.length);
                begun.countDown();
            } catch (final PostException e) {
                return e.error();
            }
        }
    }

    private static boolean isClosed(final QueuePair queuePair) {
        try {
            queuePair.state();
            return false;
        } catch (final RnicException e) {
            return true;
        }
    }
}
