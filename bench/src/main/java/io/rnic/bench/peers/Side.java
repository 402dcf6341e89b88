package io.rnic.bench.peers;

import io.rnic.bench.run.Resources;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One side of a connection: a queue pair, a completion queue for each of its queues, and one registered segment. */
final class Side implements AutoCloseable {
    private final Resources resources = new Resources();
    private final AtomicBuffer words;
    private final MemoryRegion region;
    private final MemoryRegion inbox;
    private final CompletionQueue sendCompletions;
    private final CompletionQueue receiveCompletions;
    private final QueuePair queuePair;

    /**
     * Opens a side, unconnected.
     *
     * @param memory   what its peer may read and write, and all that it sends from and receives into
     * @param sends    send requests that may be outstanding
     * @param receives receives that may be outstanding
     */
    Side(final Rnic nic, final MemorySegment memory, final int sends, final int receives) {
        words = new UnsafeBuffer(memory.address(), Math.toIntExact(memory.byteSize()));
        try {
            final ProtectionDomain domain = resources.add(nic.allocateProtectionDomain());
            region = resources.add(
                domain.registerMemory(memory, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ));
            inbox = resources.add(domain.registerMemory(memory, Access.LOCAL_WRITE));
            sendCompletions = resources.add(nic.createCompletionQueue(sends));
            receiveCompletions = resources.add(nic.createCompletionQueue(receives));
            queuePair = resources.add(domain.createQueuePair(
                QueuePairOptions.of(sendCompletions, receiveCompletions).withRequests(sends, receives)));
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Its memory, for the words that are looked at for each message: as in the tests of others, which use such too. */
    AtomicBuffer words() {
        return words;
    }

    MemoryRegion region() {
        return region;
    }

    /** The same memory for receives, which nobody else reaches: as applications register what they receive into. */
    MemoryRegion inbox() {
        return inbox;
    }

    CompletionQueue sendCompletions() {
        return sendCompletions;
    }

    CompletionQueue receiveCompletions() {
        return receiveCompletions;
    }

    QueuePair queuePair() {
        return queuePair;
    }

    @Override
    public void close() {
        resources.close();
    }
}
