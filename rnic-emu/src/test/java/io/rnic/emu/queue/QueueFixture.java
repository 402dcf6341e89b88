package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.verbs.QueuePairState;
import org.jspecify.annotations.Nullable;

/** Queue pairs without a NIC: the test plays the NIC. */
final class QueueFixture {
    static final byte FILLER = (byte) 0xA5;

    private QueueFixture() {
    }

    /** Counts what it hears. */
    static class CountingDoorbell implements Doorbell {
        int expectedSends;
        /** When a Send was expected last. */
        int sendsBefore;
        int sends;
        int receivesInError;

        @Override
        public @Nullable BiasedLock sendLock() {
            return null;
        }

        @Override
        public void expectSend() {
            expectedSends++;
            sendsBefore = sends;
        }

        @Override
        public boolean ringSend() {
            sends++;
            return false;
        }

        @Override
        public void settle() {
        }

        @Override
        public void ringReceiveInError() {
            receivesInError++;
        }
    }

    static QueueLimits limits(final int requests, final int sges, final int inlineBytes) {
        return new QueueLimits(requests, requests, sges, sges, inlineBytes, Integer.MAX_VALUE, false);
    }

    /** Blocks full of rubbish, so that what is not written is seen; the state is RTS. */
    static QueueBlocks filledBlocks(final QueueLimits limits) {
        final QueueBlocks blocks = QueueBlocks.allocate(new SharedMemory(), limits);
        blocks.send().segment().fill(FILLER);
        blocks.receive().segment().fill(FILLER);
        blocks.doorbell().segment().fill(FILLER);
        state(blocks, QueuePairState.RTS);
        return blocks;
    }

    static void state(final QueueBlocks blocks, final QueuePairState state) {
        DoorbellLayout.state(blocks.doorbell().address(), state.code());
    }

    /** A queue pair in RTS. */
    static HostQueuePair queuePair(final int number, final int requests) {
        final QueueLimits limits = limits(requests, 1, 0);
        final QueueBlocks blocks = QueueBlocks.allocate(new SharedMemory(), limits);
        state(blocks, QueuePairState.RTS);
        return new HostQueuePair(number, blocks, limits, new CountingDoorbell(), () -> { });
    }
}
