package io.rnic.bench.regcache.trace;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A text of which no line is longer than a mebibyte: a file of zeros, say, is refused before it fills the memory. */
final class BoundedLines extends FilterInputStream {
    /** The most bytes of a line. */
    static final int MAX_BYTES = 1 << 20;

    private final Path path;
    private long line = 1;
    private int length;

    BoundedLines(final InputStream in, final Path path) {
        super(in);
        this.path = path;
    }

    @Override
    public int read() throws IOException {
        final int next = super.read();
        if (next >= 0) {
            count(next);
        }
        return next;
    }

    @Override
    public int read(final byte[] to, final int offset, final int bytes) throws IOException {
        final int count = super.read(to, offset, bytes);
        for (int i = 0; i < count; i++) {
            count(to[offset + i]);
        }
        return count;
    }

    private void count(final int character) throws TraceException {
        if (character == '\n') {
            line++;
            length = 0;
        } else if (character == '\r') {
            length = 0;
        } else if (++length > MAX_BYTES) {
            throw new TraceException(path + ":" + line + ": the line is longer than " + MAX_BYTES
                + " bytes; is this a trace? Allowed: lines of text, plain or compressed by gzip or zstd");
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
