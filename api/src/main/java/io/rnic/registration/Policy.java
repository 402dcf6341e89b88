package io.rnic.registration;

/**
 * Decides which registrations are kept. One policy serves one cache, live or simulated, which calls it by one thread at
 * a time.
 *
 * <p>A request that the cache has no region for leads to {@link #extend} and {@link #missed}, then, until there is
 * room, to {@link #victim} and {@link #removed}, then to {@link #added}. Any other leads to {@link #hit}.
 *
 * <p>A policy of your own is a public class with a public constructor that takes a {@link PolicyContext}, or nothing.
 * Name the class where a policy is named.
 *
 * <p>A policy that names a victim that is not registered, or that it was not told is idle, is refused with a
 * {@link PolicyException}. What a policy throws itself is thrown to who asked for a lease; that request has no lease,
 * and the cache goes on.
 */
public interface Policy {
    /** What {@link #victim} returns if no region may go. */
    int NONE = -1;

    /** Tells which regions nobody is using. */
    @FunctionalInterface
    interface Idle {
        /** True if the region may be deregistered. */
        boolean test(int region);
    }

    /** How memory gets registered. */
    default RegistrationMode mode() {
        return RegistrationMode.CACHED;
    }

    /**
     * A request found no region. Which pages are to be registered for it: its own, or more of them.
     *
     * @param extent the request's pages; to be extended if that pays
     */
    default void extend(final Extent extent) {
    }

    /**
     * Pages are going to be registered; room is made for them next.
     *
     * @param key   names the pages that are to be registered: the same pages have the same key
     * @param pages how many, from 1
     */
    default void missed(final long key, final int pages) {
    }

    /**
     * A region was registered.
     *
     * @param region its number, from 0; numbers are small, for they are given again when a region is removed
     * @param key    names its pages
     * @param pages  how many, from 1
     */
    void added(int region, long key, int pages);

    /** A request was served by this region. */
    void hit(int region);

    /**
     * Which region is to be deregistered to make room. Called again while that is not enough.
     *
     * @param idle tells which may be: a region that is in use is passed over
     * @return a region for which {@code idle} is true, or {@link #NONE} if there is none
     */
    int victim(Idle idle);

    /**
     * A region is no longer registered: it was the victim, a larger one took its place, or its memory is gone.
     *
     * @param evicted true for the victim
     */
    void removed(int region, boolean evicted);
}
