package io.rnic.emu.link;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A pcap file of IP packets.
 *
 * <pre>
 *   offset  bytes  field, little-endian
 *        0      4  0xa1b2c3d4: times have microseconds
 *        4      4  version: 2, 4
 *        8      8  0
 *       16      4  the longest packet
 *       20      4  link type: 101, raw IP
 *       24         packets:   seconds 4 | microseconds 4 | bytes here 4 | bytes of the packet 4 | the packet
 * </pre>
 *
 * <p>A packet is written whole or not at all. The stream is not a channel: an interrupt of the thread that happens to
 * write would close that. Not thread-safe.
 */
final class PcapWriter {
    private static final int MAGIC = 0xA1B2_C3D4;
    private static final int VERSION = (4 << 16) | 2;
    private static final int RAW_IP = 101;
    private static final int HEADER_LENGTH = 24;
    private static final int RECORD_LENGTH = 16;
    private static final int BUFFER_LENGTH = 1 << 18;

    private final FileOutputStream file;
    private final Clock clock;
    private final byte[] bytes = new byte[BUFFER_LENGTH];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private long left;
    private int filled;

    /**
     * Opens a file.
     *
     * @param append   whether packets go behind those that are there
     * @param maxBytes bytes written at most
     * @throws IOException if it cannot be written, or is being written
     */
    PcapWriter(final Path path, final boolean append, final long maxBytes, final Clock clock) throws IOException {
        this.clock = clock;
        left = maxBytes;
        file = new FileOutputStream(path.toFile(), true);
        final boolean interrupted = Thread.interrupted(); // which would close the channel
        try {
            if (!isMine()) {
                file.close();
                throw new IOException("it is being written already; give each JVM a file of its own");
            }
            if (!append) {
                empty();
                putHeader();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether nobody else writes to the file: two JVMs would write over each other. */
    private boolean isMine() {
        try {
            return file.getChannel().tryLock() != null;
        } catch (final OverlappingFileLockException e) {
            return false; // this JVM does, by another name
        } catch (final IOException e) {
            return true; // a pipe, or a file system, that knows no locks
        }
    }

    private void empty() {
        try {
            file.getChannel().truncate(0);
        } catch (final IOException e) {
            // A pipe: there is nothing in it.
        }
    }

    private void putHeader() {
        putInts(MAGIC, VERSION, 0, 0);
        putInts(CapturedConnection.MAX_PACKET_LENGTH, RAW_IP);
        left -= HEADER_LENGTH;
    }

    private void putInts(final int... values) {
        for (final int value : values) {
            buffer.putInt(filled, value, ByteOrder.LITTLE_ENDIAN);
            filled += Integer.BYTES;
        }
    }

    /** Writes a packet; false if the file would become too long, and from then on. */
    boolean write(final byte[] packet, final int length) throws IOException {
        left -= RECORD_LENGTH + length;
        if (left < 0) {
            left = 0;
            return false;
        }
        if (filled + RECORD_LENGTH + length > BUFFER_LENGTH) {
            flush();
        }
        final Instant now = clock.instant();
        putInts((int) now.getEpochSecond(), now.getNano() / 1000, length, length);
        buffer.putBytes(filled, packet, 0, length);
        filled += length;
        return true;
    }

    void flush() throws IOException {
        file.write(bytes, 0, filled);
        filled = 0;
    }

    void close() throws IOException {
        try (file) {
            flush();
        }
    }
}
