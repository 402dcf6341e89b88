package io.rnic.bench.compare;

import io.rnic.bench.run.ExperimentException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The file that the server exposes: mapped, so that its pages are the page cache's own, as a file server's would be.
 * Its digests are taken through ordinary reads, a way that has nothing to do with the NIC.
 */
final class FileSource implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;

    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment mapped;

    /**
     * Opens and maps it.
     *
     * @param path a regular file that is readable and not empty
     * @throws ExperimentException if it cannot be opened or mapped
     */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    FileSource(final Path path) {
        final FileChannel opened = open(path);
        final Arena shared = Arena.ofShared();
        try {
            mapped = opened.map(FileChannel.MapMode.READ_ONLY, 0, opened.size(), shared);
        } catch (final IOException e) {
            shared.close();
            closeQuietly(opened, e);
            throw new ExperimentException("cannot map " + path, e);
        }
        channel = opened;
        arena = shared;
    }

    private static FileChannel open(final Path path) {
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (final IOException e) {
            throw new ExperimentException("cannot open " + path, e);
        }
    }

    /** Its bytes, mapped. */
    MemorySegment mapped() {
        return mapped;
    }

    /** Its length in bytes, as it was when it was opened. */
    long bytes() {
        return mapped.byteSize();
    }

    /**
     * The SHA-256 of its first {@code bytes}.
     *
     * @throws ExperimentException if it cannot be read that far
     */
    byte[] sha256(final long bytes) {
        final MessageDigest digest = newSha256();
        final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        try {
            for (long at = 0; at < bytes;) {
                final int read = channel.read(buffer.clear().limit((int) Math.min(READ_BYTES, bytes - at)), at);
                if (read < 0) {
                    throw new ExperimentException("the file became shorter while it was read: " + at + " of " + bytes);
                }
                digest.update(buffer.flip());
                at += read;
            }
        } catch (final IOException e) {
            throw new ExperimentException("cannot read the file", e);
        }
        return digest.digest();
    }

    /** A fresh digest, which every Java platform has. */
    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void closeQuietly(final FileChannel channel, final IOException error) {
        try {
            channel.close();
        } catch (final IOException e) {
            error.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (final IOException e) {
            throw new ExperimentException("cannot close the file", e);
        }
    }
}
