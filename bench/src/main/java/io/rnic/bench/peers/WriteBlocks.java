package io.rnic.bench.peers;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/** RDMA Writes of blocks, round and round the places of the memory; every 16th small or 4th large one is signalled. */
final class WriteBlocks implements PeerTest {
    private static final int DEPTH = 32;
    private static final int SIGNAL_EVERY_SMALL = 16;
    private static final int SIGNAL_EVERY_LARGE = 4;

    private final Duet duet;
    private final Link link;
    private final BlockMemory memory;
    private final int bytes;
    private final int signalEvery;
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
        signalEvery = bytes < Kinds.LARGE_BLOCK ? SIGNAL_EVERY_SMALL : SIGNAL_EVERY_LARGE;
        final Side client = link.client();
        final long target = link.server().region().address();
        final int key = link.server().region().rkey();
        blocks = new Outbox(client, duet.spin(), bytes, DEPTH, signalEvery, (number, _) -> {
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
            for (int i = 0; i < signalEvery; i++) {
                blocks.postUnnumbered();
            }
            written += signalEvery;
        } while (System.nanoTime() - startNs < durationNs);
        blocks.drain();
        if (overTcp) {
            awaitPlaced();
        }
        slice.record(System.nanoTime() - startNs, written);
    }

    /** Reads a word behind all Writes: it is answered when they are placed. */
    private void awaitPlaced() {
        last.postUnnumbered();
        last.drain();
    }

    @Override
    public void close() {
        link.close();
    }
}
