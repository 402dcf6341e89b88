package io.rnic.bench.peers;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/** RDMA Writes of blocks, round and round the places of the memory: small ones in lists of 16, large ones of 4. */
final class WriteBlocks implements PeerTest {
    private static final int DEPTH = 32;
    /** Requests in a list, of which the last is signalled. */
    private static final int SMALL_LIST = 16;
    private static final int LARGE_LIST = 4;

    private final Duet duet;
    private final Link link;
    private final BlockMemory memory;
    private final int bytes;
    private final boolean overTcp;
    private final Outbox blocks;
    private final Outbox last;

    /**
     * Connects.
     *
     * @param overTcp whether a Write is done before its bytes are placed
     */
    WriteBlocks(final Duet duet, final Rnic nic, final BlockMemory memory, final int bytes, final boolean overTcp) {
        this.duet = duet;
        this.overTcp = overTcp;
        this.memory = memory;
        this.bytes = bytes;
        link = Link.openOn(nic, memory.client(), memory.server(), DEPTH);
        final int inList = bytes < Kinds.LARGE_BLOCK ? SMALL_LIST : LARGE_LIST;
        final Side client = link.client();
        final long target = link.server().region().address();
        final int key = link.server().region().rkey();
        blocks = new Outbox(client, duet.spin(), bytes, DEPTH, inList, (number, _) -> {
            final long offset = (long) number % BlockMemory.PLACES * bytes;
            return new SendRequest().write(number, target + offset, key).sge(client.region(), offset, bytes);
        });
        last = new Outbox(client, duet.spin(), bytes, 1, 1, (number, _) ->
            new SendRequest().read(number, target, key).sge(client.region(), 0, Long.BYTES));
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        memory.stamp(bytes, BlockMemory.PLACES);
        duet.alone(this::write, durationNs, slice);
        memory.verify(bytes, BlockMemory.PLACES);
    }

    private void write(final long durationNs, final Slice slice) {
        long written = 0;
        final long startNs = System.nanoTime();
        do {
            written += blocks.postListUnnumbered();
        } while (System.nanoTime() - startNs < durationNs);
        blocks.drain();
        if (overTcp) {
            awaitPlaced();
        }
        slice.record(System.nanoTime() - startNs, written);
    }

    /** Reads a word behind all Writes: it is answered when they are placed. */
    private void awaitPlaced() {
        last.postListUnnumbered();
        last.drain();
    }

    @Override
    public void close() {
        link.close();
    }
}
