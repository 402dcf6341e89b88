package io.rnic.bench.compare;

/** Places for messages one behind the other in an area, each at the start of a cache line, and round again. */
final class Ring {
    private static final int LINE_BYTES = 64;

    private final long strideBytes;
    private final long endOffset;
    private long offset;

    /**
     * A ring of places.
     *
     * @param areaBytes the area
     * @param bytes     a message; not longer than the area
     */
    Ring(final long areaBytes, final int bytes) {
        strideBytes = (bytes + LINE_BYTES - 1L) / LINE_BYTES * LINE_BYTES;
        endOffset = Math.max(1, areaBytes / strideBytes) * strideBytes;
    }

    /** The offset of the next place. */
    long next() {
        final long next = offset;
        offset += strideBytes;
        if (offset >= endOffset) {
            offset = 0;
        }
        return next;
    }
}
