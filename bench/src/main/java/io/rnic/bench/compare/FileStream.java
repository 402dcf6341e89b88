package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.function.Consumer;

/**
 * Reads a file of the server block by block, the streaming of the paper's Fig. 5.
 *
 * <pre>
 *   server: the file's mapping, registered for remote reading; its application does nothing
 *   client: a ring of block buffers; as many RDMA Reads outstanding as there are buffers
 *           for each block: one post to issue it, one poll of one completion (Table III, best case)
 * </pre>
 *
 * <p>Two kinds of passes: timed ones, of full blocks, again and again through the file, without looking at the bytes;
 * and verifying ones that hash every byte received.
 */
final class FileStream implements Experiment {
    private static final int RING_BYTES = 2 << 20;
    private static final int MAX_DEPTH = 32;

    /** The server posts nothing and receives nothing. */
    private static final Shape SERVER = Shape.synchronous(1);
    private static final Shape CLIENT = new Shape(RING_BYTES, MAX_DEPTH, 1, 1);

    private final FileSource file;
    private final Consumer<MemorySegment> received;
    private final Pair pair;
    private final MemoryRegion remote;

    /**
     * Sets it up.
     *
     * @param received is shown every block before it is hashed
     */
    FileStream(final Rnic nic, final Partner partner, final FileSource file, final Consumer<MemorySegment> received) {
        this.file = file;
        this.received = received;
        pair = new Pair(nic, CLIENT, SERVER, partner::waitingAlone);
        try {
            remote = pair.server().register(file.mapped(), Access.REMOTE_READ);
        } catch (final RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    /** How many blocks are outstanding. */
    static int depth(final int blockBytes) {
        return Math.clamp(RING_BYTES / blockBytes, 1, MAX_DEPTH);
    }

    @Override
    public void run(final int blockBytes, final long durationNs, final Samples samples) {
        final Blocks blocks = new Blocks(file.bytes(), blockBytes);
        final int depth = depth(blockBytes);
        final long full = blocks.fullCount();
        final long base = pair.client().posted();
        long issued = 0;
        long done = 0;
        final long startNs = System.nanoTime();
        do {
            while (issued < done + depth) {
                issue(blocks, issued % full, issued % depth);
                issued++;
            }
            done++;
            pair.client().awaitSend(base + done, 1);
        } while (System.nanoTime() - startNs < durationNs);
        while (done < issued) {
            done++;
            pair.client().awaitSend(base + done, 1);
        }
        samples.record(System.nanoTime() - startNs, issued);
    }

    /** Receives the first {@code bytes} of the file in blocks and returns their SHA-256. */
    byte[] sha256(final int blockBytes, final long bytes) {
        final Blocks blocks = new Blocks(bytes, blockBytes);
        final int depth = depth(blockBytes);
        final long base = pair.client().posted();
        final MessageDigest digest = FileSource.newSha256();
        long issued = 0;
        for (long done = 0; done < blocks.count(); done++) {
            while (issued < Math.min(blocks.count(), done + depth)) {
                issue(blocks, issued, issued % depth);
                issued++;
            }
            pair.client().awaitSend(base + done + 1, 1);
            final MemorySegment block = pair.client().source(done % depth * blockBytes, blocks.length(done));
            received.accept(block);
            digest.update(block.asByteBuffer());
        }
        return digest.digest();
    }

    private void issue(final Blocks blocks, final long index, final long slot) {
        pair.client().read(slot * blocks.blockBytes(), remote.address() + blocks.offset(index), remote.rkey(),
            blocks.length(index));
    }

    @Override
    public void close() {
        pair.close();
    }
}
