package io.rnic.bench.regcache.trace;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is read to the end it had at the beginning: counts, and notices when it has become shorter. */
final class CountedStream extends FilterInputStream {
    private final Path path;
    private final boolean regular;
    private final long bytes;
    private long done;

    CountedStream(final InputStream in, final Path path) throws IOException {
        super(in);
        this.path = path;
        regular = Files.isRegularFile(path);
        bytes = regular ? Files.size(path) : 0;
    }

    @Override
    public int read() throws IOException {
        final int next = super.read();
        done += next < 0 ? 0 : 1;
        return next;
    }

    @Override
    public int read(final byte[] to, final int offset, final int length) throws IOException {
        final int count = super.read(to, offset, length);
        done += Math.max(0, count);
        return count;
    }

    /**
     * To be called at the end.
     *
     * @throws TraceException if less was there than at the beginning
     */
    void checkWhole() throws TraceException {
        if (regular && done < bytes) {
            throw new TraceException("trace '" + path + "' shrank while it was read: it had " + bytes
                + " bytes, and ended after " + done);
        }
    }

    double progress() {
        return bytes == 0 ? 0 : Math.min(1, (double) done / bytes);
    }
}
