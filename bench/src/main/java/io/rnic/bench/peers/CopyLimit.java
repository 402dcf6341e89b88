package io.rnic.bench.peers;

/** The limit for bytes: one thread copies block after block, from and to the memory that the Writes use. */
final class CopyLimit implements PeerTest {
    private final Duet duet;
    private final BlockMemory memory;
    private final int bytes;

    CopyLimit(final Duet duet, final BlockMemory memory, final int bytes) {
        this.duet = duet;
        this.memory = memory;
        this.bytes = bytes;
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        memory.stamp(bytes, BlockMemory.PLACES);
        duet.alone(this::copy, durationNs, slice);
        memory.verify(bytes, BlockMemory.PLACES);
    }

    private void copy(final long durationNs, final Slice slice) {
        long copied = 0;
        final long startNs = System.nanoTime();
        do {
            for (int place = 0; place < BlockMemory.PLACES; place++) {
                memory.copy((long) place * bytes, bytes);
            }
            copied += BlockMemory.PLACES;
        } while (System.nanoTime() - startNs < durationNs);
        slice.record(System.nanoTime() - startNs, copied);
    }

    @Override
    public void close() {
        // The memory is closed by who made it.
    }
}
