package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What arrives is taken while the queue pair is connected, and neither in ERROR nor in RESET. */
class ReceivingStateTest {
    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext queuePair = nic.queuePair(1, blocks);
    private final QueuePairContext peer = nic.queuePair(2, nic.blocks());
    private final MemorySegment message = MemorySegment.ofArray(new byte[8]);

    private void connect() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, queuePair, peer);
    }

    private int arrival() {
        return nic.engine.receiveSide().write(
            queuePair.receiveFlow(), nic.region.stag(), nic.region.address(), message, 0, 8);
    }

    @AfterEach
    void shouldSayTheSameStateToWhoPostsReceives() {
        final long page = blocks.doorbell().address();
        assertThat(Words.getInt(page + DoorbellLayout.RECEIVE_STATE))
            .isEqualTo(Words.getInt(page + DoorbellLayout.STATE)).isEqualTo(queuePair.state().code());
    }

    @Test
    void shouldTakeNothingBeforeItIsConnected() {
        assertThat(arrival()).isEqualTo(Terminate.CONNECTION_LOST);
    }

    @Test
    void shouldTakeWhatArrivesWhileItIsConnected() {
        connect();
        assertThat(arrival()).as("before the connection is told of").isEqualTo(Terminate.NONE);
        EngineParts.ready(queuePair);
        assertThat(arrival()).isEqualTo(Terminate.NONE);
        queuePair.move(QueuePairState.RTS, QueuePairState.SQD);
        assertThat(arrival()).as("drained is what is sent").isEqualTo(Terminate.NONE);
    }

    @Test
    void shouldTakeNothingInError() {
        connect();
        EngineParts.ready(queuePair);
        nic.engine.error(queuePair);
        assertThat(arrival()).isEqualTo(Terminate.CONNECTION_LOST);
    }

    @Test
    void shouldTakeNothingIfItWasInErrorBeforeItIsConnected() {
        nic.engine.error(queuePair);
        connect();
        assertThat(queuePair.move(QueuePairState.INIT, QueuePairState.RTS)).isFalse();
        assertThat(arrival()).isEqualTo(Terminate.CONNECTION_LOST);
    }

    @Test
    void shouldTakeNothingInResetAndAgainWhenItIsConnectedAgain() {
        connect();
        EngineParts.ready(queuePair, peer);
        queuePair.moveToReset();
        assertThat(arrival()).isEqualTo(Terminate.CONNECTION_LOST);
        nic.engine.quiesce(queuePair);
        nic.engine.forget(queuePair, () -> { });
        assertThat(queuePair.move(QueuePairState.RESET, QueuePairState.INIT)).isTrue();
        assertThat(arrival()).as("of the old connection").isEqualTo(Terminate.CONNECTION_LOST);
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, queuePair, nic.queuePair(3, nic.blocks()));
        assertThat(arrival()).isEqualTo(Terminate.NONE);
    }

    @Test
    void shouldEndInErrorHoweverTheConnectionAndTheErrorMeet() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            final QueuePairContext raced = nic.queuePair(1, blocks);
            final CyclicBarrier start = new CyclicBarrier(2);
            final Thread failing = Thread.ofPlatform().start(() -> {
                await(start);
                raced.markError();
            });
            await(start);
            LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, raced, peer);
            raced.move(QueuePairState.INIT, QueuePairState.RTS);
            failing.join();
            assertThat(raced.state()).isEqualTo(QueuePairState.ERROR);
            assertThat(raced.receiveFlow().open).isFalse();
        }
        queuePair.markError(); // the same page, for what is looked at afterwards
    }

    @Test
    void shouldDeliverToTheNewPeerWhenItIsConnectedAgain() {
        connect();
        assertThat(queuePair.send.near).isSameAs(peer.receiveFlow());
        queuePair.moveToReset();
        nic.engine.quiesce(queuePair);
        nic.engine.forget(queuePair, () -> { });
        assertThat(queuePair.send.near).as("of the old connection").isNull();
        assertThat(queuePair.move(QueuePairState.RESET, QueuePairState.INIT)).isTrue();
        final QueuePairContext other = nic.queuePair(3, nic.blocks());
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, queuePair, other);
        assertThat(queuePair.send.near).isSameAs(other.receiveFlow());
    }

    private static void await(final CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }
}
