package io.rnic.registration;

/**
 * The pages that are about to be registered: at first those of a request, which a policy may extend to more
 * ({@link Policy#extend}). One object serves all requests of a cache.
 */
public final class Extent {
    private final int shift;
    private long requestFirst;
    private long requestEnd;
    private long memoryFirst;
    private long memoryEnd;
    private long nextFirst;
    private long maxPages;
    private long first;
    private long end;

    /** An extent without pages; a page has {@code 1 << shift} positions. */
    Extent(final int shift) {
        this.shift = shift;
    }

    /** Begins with a request's positions: those of its pages that are in the application's memory. */
    Extent begin(final long from, final long to, final long memoryFrom, final long memoryTo, final long nextFrom,
        final long limitPages) {
        requestFirst = from >> shift;
        requestEnd = ((to - 1) >> shift) + 1;
        first = requestFirst;
        end = requestEnd;
        memoryFirst = memoryFrom;
        memoryEnd = memoryTo;
        nextFirst = nextFrom == Long.MAX_VALUE ? nextFrom : nextFrom >> shift;
        maxPages = Math.min(limitPages, Integer.MAX_VALUE);
        return this;
    }

    /** The first position to register. */
    long from() {
        return Math.max(first << shift, memoryFirst);
    }

    /** The position behind the last to register. */
    long to() {
        return Math.min(end << shift, memoryEnd);
    }

    /** The request's first page. */
    public long requestFirst() {
        return requestFirst;
    }

    /** The page behind the request's last. */
    public long requestEnd() {
        return requestEnd;
    }

    /** The first page of the next region that begins behind the request's first byte; Long.MAX_VALUE if none does. */
    public long nextFirst() {
        return nextFirst;
    }

    /** How many pages may be registered in all. */
    public long maxPages() {
        return maxPages;
    }

    /** The first page to register. */
    public long first() {
        return first;
    }

    /** The page behind the last to register. */
    public long end() {
        return end;
    }

    /** All of the application's memory, whatever the limit. */
    void extendToMemory() {
        first = memoryFirst >> shift;
        end = ((memoryEnd - 1) >> shift) + 1;
    }

    /**
     * Extends the request. What is outside of the application's memory, or beyond the limit, is left out; the request
     * is always covered.
     */
    public void extendTo(final long firstPage, final long endPage) {
        first = Math.min(requestFirst, Math.max(firstPage, memoryFirst >> shift));
        end = Math.max(requestEnd, Math.min(endPage, ((memoryEnd - 1) >> shift) + 1));
        if (end - first > maxPages) {
            end = Math.max(requestEnd, first + maxPages);
            first = Math.max(first, end - maxPages);
        }
    }
}
