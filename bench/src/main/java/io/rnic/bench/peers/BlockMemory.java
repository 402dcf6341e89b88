package io.rnic.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rnic.bench.run.ExperimentException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * The memory of all tests of a JVM that move blocks: two segments, the same for the copies of the limit and for both
 * front ends, so that the caches treat them alike.
 *
 * <pre>
 *   client  | place 0 | place 1 | ...     place = a block; each starts with a stamp, another for each run
 *   server  | place 0 | place 1 | ...
 * </pre>
 */
final class BlockMemory implements AutoCloseable {
    /** Blocks of one size that a stream of Writes goes round. */
    static final int PLACES = 4;

    private static final int PAGE_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment client;
    private final MemorySegment server;
    private long lastStamp;

    /** Two segments of that size, with random content. */
    BlockMemory(final long bytes) {
        client = arena.allocate(bytes, PAGE_BYTES);
        server = arena.allocate(bytes, PAGE_BYTES);
        final Random random = new Random(1);
        for (long at = 0; at < bytes; at += Long.BYTES) {
            client.set(JAVA_LONG, at, random.nextLong());
            server.set(JAVA_LONG, at, random.nextLong());
        }
    }

    MemorySegment client() {
        return client;
    }

    MemorySegment server() {
        return server;
    }

    /** Writes a new stamp into each of so many blocks of the client's memory, before they are moved. */
    void stamp(final int bytes, final int places) {
        for (int place = 0; place < places; place++) {
            lastStamp++;
            client.set(JAVA_LONG, (long) place * bytes, lastStamp);
        }
    }

    /** Copies a block from the client's memory to the server's. */
    void copy(final long offset, final int bytes) {
        MemorySegment.copy(client, offset, server, offset, bytes);
    }

    /**
     * Verifies blocks that went from the client's memory to the same place of the server's.
     *
     * @throws ExperimentException if a byte differs, and so too if a block was there before it was stamped
     */
    void verify(final int bytes, final int places) {
        final long differs = MemorySegment.mismatch(client, 0, (long) places * bytes, server, 0, (long) places * bytes);
        if (differs >= 0) {
            throw new ExperimentException("byte " + differs % bytes + " of the block in place " + differs / bytes
                + " is not what was sent");
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
