package io.rnic.bench.compare;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Rnic;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Compares the SHA-256 of what was received with the file's own: of the whole file through every front end, and of a
 * part of it in every size of blocks: the whole again if there is time for so much hashing.
 */
final class Verification {
    private static final int WHOLE_BLOCK_BYTES = 65_536;
    private static final int LARGEST_BLOCK_BYTES = Blocks.SWEEP_BYTES.getLast();

    private final FileSource file;
    private final List<Rnic> nics;
    private final byte[] whole;
    private final long partBytes;
    private final byte[] part;

    /** Hashes the file, and learns from it how fast that goes here. */
    Verification(final FileSource file, final List<Rnic> nics, final Plan plan) {
        this.file = file;
        this.nics = nics;
        final long startNs = System.nanoTime();
        whole = file.sha256(file.bytes());
        final long hashNs = Math.max(1, System.nanoTime() - startNs);
        final int passes = Blocks.SWEEP_BYTES.size() * nics.size();
        partBytes = partBytes(file.bytes(), plan.verifyNs() / (double) hashNs / passes);
        part = partBytes == file.bytes() ? whole : file.sha256(partBytes);
    }

    /**
     * How much is verified in every size of blocks.
     *
     * @param fileBytes the file
     * @param share     the share of it for which there is time
     * @return whole blocks of the largest size, at least two of them and at most the file
     */
    static long partBytes(final long fileBytes, final double share) {
        if (share >= 1) {
            return fileBytes;
        }
        final long blocks = (long) (fileBytes * share) / LARGEST_BLOCK_BYTES;
        return Math.min(fileBytes, Math.max(2, blocks) * LARGEST_BLOCK_BYTES);
    }

    /** Verifies the whole file through each front end. */
    void verifyWhole(final Turns<FileStream> turns) {
        if (partBytes < file.bytes()) {
            verify(turns, WHOLE_BLOCK_BYTES, file.bytes(), whole);
        }
    }

    /** Verifies a size of blocks through each front end. */
    void verifyPart(final Turns<FileStream> turns, final int blockBytes) {
        verify(turns, blockBytes, partBytes, part);
    }

    private void verify(final Turns<FileStream> turns, final int blockBytes, final long bytes, final byte[] expected) {
        for (int i = 0; i < nics.size(); i++) {
            final byte[] received = turns.experiments().get(i).sha256(blockBytes, bytes);
            if (!Arrays.equals(received, expected)) {
                throw new ExperimentException("file_read through " + nics.get(i).frontEnd() + " in blocks of "
                    + blockBytes + " bytes: SHA-256 mismatch over " + bytes + " bytes: received " + hex(received)
                    + ", the file has " + hex(expected));
            }
        }
    }

    /** The file's SHA-256 in hexadecimal. */
    String sha256() {
        return hex(whole);
    }

    /** What was verified, for people. */
    String describe() {
        final String part = partBytes == file.bytes() ? "" : " once, and the first " + partBytes;
        return "SHA-256 agrees through every front end: all " + file.bytes() + " bytes" + part
            + " in every size of blocks";
    }

    private static String hex(final byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
