package io.rnic.bench.pieces;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import org.jspecify.annotations.Nullable;

/** The host's half of a queue pair in RTS and both halves of its completion queue; there is no NIC between. */
final class Ends {
    /** What each queue holds. */
    static final int REQUESTS = 64;
    /** What the completion queue holds. */
    static final int COMPLETIONS = 64;

    private static final int QUEUE_PAIR = 1;
    private static final int COMPLETION_QUEUE = 1;

    final SharedMemory.Block ring;
    final QueueBlocks blocks;
    final HostQueuePair host;
    final CompletionReader reader;
    private final CompletionWriter writer;

    Ends() {
        final SharedMemory memory = new SharedMemory();
        final QueueLimits limits = new QueueLimits(REQUESTS, REQUESTS, 1, 1, 0, 1 << 20, false);
        blocks = QueueBlocks.allocate(memory, limits);
        DoorbellLayout.state(blocks.doorbell().address(), QueuePairState.RTS.code());
        host = new HostQueuePair(QUEUE_PAIR, blocks, limits, new Unheard(), () -> { });
        ring = memory.allocate(CompletionLayout.ENTRIES + (long) COMPLETIONS * CompletionLayout.ENTRY_BYTES);
        final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
        queuePairs.add(host);
        reader = new CompletionReader(ring, COMPLETIONS, COMPLETION_QUEUE, queuePairs);
        writer = new CompletionWriter(ring, COMPLETIONS, COMPLETION_QUEUE, null, new AsyncEvents("pieces"));
    }

    /** The request of that number, counted from 0, is done. */
    void push(final CompletionOpcode opcode, final long number) {
        if (!writer.push(opcode, CompletionStatus.SUCCESS, Long.BYTES, QUEUE_PAIR, (int) number, 0)) {
            throw new IllegalStateException("the completion queue is full");
        }
    }

    /** Says nothing to anybody. */
    private record Unheard() implements Doorbell {
        @Override
        public @Nullable BiasedLock sendLock() {
            return null;
        }

        @Override
        public boolean ringSend() {
            return false;
        }

        @Override
        public void settle() {
        }

        @Override
        public void ringReceiveInError() {
        }
    }
}
