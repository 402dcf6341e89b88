package io.rnic.bench.regcache.trace;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** A file that is read to the end it had at the beginning: counts, and notices when it has become shorter. */
final class CountedStream extends FilterInputStream {
    private final Path path;
    private final boolean regular;
    private final long bytes;
    private final @Nullable FileTime changed;
    private long done;

    CountedStream(final InputStream in, final Path path) throws IOException {
        super(in);
        this.path = path;
        regular = Files.isRegularFile(path);
        bytes = regular ? Files.size(path) : 0;
        changed = regular ? Files.getLastModifiedTime(path) : null;
    }

    /** What was written behind the end that there was at the beginning is not read. */
    private long left() {
        return bytes == 0 ? Long.MAX_VALUE : bytes - done;
    }

    @Override
    public int read() throws IOException {
        final int next = left() == 0 ? -1 : super.read();
        done += next < 0 ? 0 : 1;
        return next;
    }

    @Override
    public int read(final byte[] to, final int offset, final int length) throws IOException {
        final int count = left() == 0 && length > 0 ? -1 : super.read(to, offset, (int) Math.min(length, left()));
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

    @Override
    public int available() throws IOException {
        return (int) Math.min(super.available(), left());
    }

    /** What happened to the file meanwhile, for people; empty if nothing did. To be called at the end. */
    String changes() throws IOException {
        if (changed == null || (Files.size(path) == bytes && Files.getLastModifiedTime(path).equals(changed))) {
            return "";
        }
        return "trace '" + path + "' " + (Files.size(path) > bytes
            ? "grew while it was read: it was read to the " + bytes + " bytes that it had at the beginning"
            : "was changed while it was read: these may be requests of both");
    }

    double progress() {
        return bytes == 0 ? 0 : Math.min(1, (double) done / bytes);
    }
}
