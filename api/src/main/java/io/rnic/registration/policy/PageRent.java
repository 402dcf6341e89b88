package io.rnic.registration.policy;

/**
 * What it costs to keep a page that is not used, in nanoseconds: what others that had to go cost when they came back,
 * for each page that went. Zero while there is room.
 */
final class PageRent {
    private static final int FADE_AT = 4;

    private final long capacity;
    private final Ghosts gone = new Ghosts(1);
    private double pagesGone = 1;
    private double costBack;

    PageRent(final long capacity) {
        this.capacity = capacity;
    }

    double ns() {
        return costBack / pagesGone;
    }

    /** A region that begins there had to go. */
    void evicted(final long firstPage, final int pages) {
        gone.add(0, firstPage, pages);
        gone.trim(0, capacity);
        pagesGone += pages;
        if (pagesGone > (double) FADE_AT * capacity) {
            pagesGone /= 2;
            costBack /= 2;
        }
    }

    /** A request that begins there found no region. */
    void missed(final long firstPage, final double costNs) {
        if (gone.listOf(firstPage) != Chains.NONE) {
            gone.forget(firstPage);
            costBack += costNs;
        }
    }
}
