package io.rnic.bench.scale;

import io.rnic.bench.run.Resources;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What an object takes on the board and in shared memory, by the device's counters. The kernel's NIC needs neither a
 * doorbell page nor translations of the queues, and none of buffers that no peer reaches (paper, §III-A).
 */
final class ObjectBytes {
    private static final int COMPLETIONS = 256;
    private static final int REGION_BYTES = 64 * 1024;
    private static final int PAGE_BYTES = 4096;

    private final Results results;
    private final Rnic rnic;
    private long onBoard;
    private long shared;

    private ObjectBytes(final Results results, final Rnic rnic) {
        this.results = results;
        this.rnic = rnic;
    }

    /** Adds the figures of one front end. */
    @SuppressWarnings({"MustBeClosedChecker", "try"}) // the resources close it
    static void measure(final Results results, final String frontEnd) {
        try (Resources resources = new Resources()) {
            final Rnic rnic = resources.add(Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd)
                .with("device", "scale-bytes-" + frontEnd).with("pinning", "accounted")));
            final MemorySegment memory = resources.add(Arena.ofShared()).allocate(REGION_BYTES, PAGE_BYTES);
            final ProtectionDomain domain = resources.add(rnic.allocateProtectionDomain());
            final ObjectBytes bytes = new ObjectBytes(results, rnic);
            bytes.look();
            final CompletionQueue queue = resources.add(rnic.createCompletionQueue(COMPLETIONS));
            bytes.add("completion_queue", COMPLETIONS);
            resources.add(domain.createQueuePair(QueuePairOptions.of(queue)
                .withRequests(ConnectedPairs.QUEUE_REQUESTS, ConnectedPairs.QUEUE_REQUESTS).withInlineBytes(0)));
            bytes.add("queue_pair", ConnectedPairs.QUEUE_REQUESTS);
            resources.add(domain.registerMemory(memory, Access.LOCAL_WRITE));
            bytes.add("local_region", REGION_BYTES);
            resources.add(domain.registerMemory(memory, Access.LOCAL_WRITE, Access.REMOTE_WRITE));
            bytes.add("remote_region", REGION_BYTES);
        }
    }

    private void look() {
        onBoard = counter("device.onBoardBytes");
        shared = counter("device.sharedBytes");
    }

    private long counter(final String name) {
        return rnic.counters().getOrDefault(name, 0L);
    }

    /** What was created since the last look. */
    private void add(final String test, final int size) {
        final long onBoardBefore = onBoard;
        final long sharedBefore = shared;
        look();
        results.add(Figure.bytes(test, rnic.frontEnd(), size, Figure.ON_BOARD,
            (double) (onBoard - onBoardBefore)));
        results.add(Figure.bytes(test, rnic.frontEnd(), size, Figure.SHARED, (double) (shared - sharedBefore)));
    }
}
