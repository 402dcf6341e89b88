package io.rnic.registration;

/**
 * How much a cache may keep registered, and how it makes room.
 *
 * @param pages   pages of all regions together, from 1
 * @param regions how many regions, from 1
 * @param merge   true to register the union of a request and the regions that it overlaps or touches, in their place
 * @param batch   how many regions are given up together when there is no room, from 1
 */
public record CacheLimits(long pages, int regions, boolean merge, int batch) {
    /** Checks the limits. */
    public CacheLimits {
        if (pages < 1 || regions < 1 || batch < 1) {
            throw new IllegalArgumentException("limits of " + pages + " pages, " + regions + " regions, batch " + batch
                + "; allowed: 1 or more each");
        }
    }

    /** A limit on the pages alone. */
    public static CacheLimits ofPages(final long pages) {
        return new CacheLimits(pages, Integer.MAX_VALUE, false, 1);
    }

    /** A limit in bytes, of which the whole pages count. */
    public static CacheLimits ofBytes(final long bytes) {
        if (bytes < CostModel.PAGE_BYTES) {
            throw new IllegalArgumentException("limit of " + bytes + " bytes; allowed: a page, " + CostModel.PAGE_BYTES
                + " bytes, or more");
        }
        return ofPages(bytes / CostModel.PAGE_BYTES);
    }

    /** The same with that number of regions at most. */
    public CacheLimits withRegions(final int count) {
        return new CacheLimits(pages, count, merge, batch);
    }

    /** The same with overlapping and adjacent regions merged, or not. */
    public CacheLimits withMerge(final boolean wanted) {
        return new CacheLimits(pages, regions, wanted, batch);
    }

    /** The same, giving up so many regions together. */
    public CacheLimits withBatch(final int count) {
        return new CacheLimits(pages, regions, merge, count);
    }
}
