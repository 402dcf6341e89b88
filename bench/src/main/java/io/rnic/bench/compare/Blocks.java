package io.rnic.bench.compare;

import java.util.List;

/**
 * A file cut into blocks of one size; the last may be shorter.
 *
 * @param fileBytes  the file, at least 1
 * @param blockBytes a block, at least 1
 */
record Blocks(long fileBytes, int blockBytes) {
    /** The sweep of the paper's Fig. 5: 4 KiB to 512 KiB. */
    static final List<Integer> SWEEP_BYTES =
        List.of(4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288);

    Blocks {
        if (fileBytes < 1 || blockBytes < 1) {
            throw new IllegalArgumentException("fileBytes=" + fileBytes + ", blockBytes=" + blockBytes);
        }
    }

    /** How many blocks there are, the last one included. */
    long count() {
        return (fileBytes - 1) / blockBytes + 1;
    }

    /** How many blocks are of the full size; of a file that is shorter than a block, the only one counts as full. */
    long fullCount() {
        return Math.max(1, fileBytes / blockBytes);
    }

    /** The length of a full block. */
    int fullLength() {
        return length(0);
    }

    /** Where a block begins in the file. */
    long offset(final long index) {
        return index * blockBytes;
    }

    /** How long a block is. */
    int length(final long index) {
        return (int) Math.min(blockBytes, fileBytes - offset(index));
    }
}
