package io.rnic.bench.peers;

import io.rnic.bench.run.Loopback;
import io.rnic.bench.run.Resources;
import io.rnic.verbs.Rnic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Two connected sides: the client belongs to the main thread, the server to its partner. */
final class Link implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    private final Resources resources;
    private final Side client;
    private final Side server;

    private Link(final Resources resources, final Rnic nic, final MemorySegment clientMemory,
                 final MemorySegment serverMemory, final int sends, final int receives) {
        this.resources = resources;
        try {
            client = resources.add(new Side(nic, clientMemory, sends, receives));
            server = resources.add(new Side(nic, serverMemory, sends, receives));
            Loopback.connect(nic, client.queuePair(), server.queuePair());
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Sides with so many bytes of memory each, and so many send requests and receives outstanding. */
    static Link open(final Rnic nic, final long bytes, final int sends, final int receives) {
        return new Link(new Resources(), nic, allocate(bytes), allocate(bytes), sends, receives);
    }

    /** Sides whose regions cover one and the same memory, of so many bytes; with so many send requests outstanding. */
    static Link openOnSameMemory(final Rnic nic, final long bytes, final int sends) {
        final MemorySegment memory = allocate(bytes);
        return new Link(new Resources(), nic, memory, memory, sends, 1);
    }

    /** Sides with memory that others use too, and so many send requests outstanding. */
    static Link openOn(final Rnic nic, final MemorySegment clientMemory, final MemorySegment serverMemory,
                       final int sends) {
        return new Link(new Resources(), nic, clientMemory, serverMemory, sends, 1);
    }

    /** Memory that nobody can close: short messages go from and to it without a look whether it is still there. */
    private static MemorySegment allocate(final long bytes) {
        return Arena.ofAuto().allocate(bytes, PAGE_BYTES);
    }

    Side client() {
        return client;
    }

    Side server() {
        return server;
    }

    @Override
    public void close() {
        resources.close();
    }
}
