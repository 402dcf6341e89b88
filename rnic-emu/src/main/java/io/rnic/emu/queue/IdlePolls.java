package io.rnic.emu.queue;

import java.util.Arrays;

/**
 * What a poll that finds no completion does for the NIC, in the thread that polls (INVOKER): it looks whether something
 * has arrived at the connections whose queue pairs report to the completion queue.
 */
public final class IdlePolls {
    /** A look at more would make polls slow: then the connections' own threads do it all. */
    private static final int MAX_SOURCES = 4;
    private static final Source[] NONE = {};

    private volatile Source[] sources = NONE;

    /** Where something may arrive. */
    public interface Source {
        /** Takes what has arrived, if nobody else is at it; true if there was something. */
        boolean look();

        /** Who has polled is going to wait. */
        void rest();
    }

    /** Adds a source. */
    public synchronized void add(final Source source) {
        final Source[] more = Arrays.copyOf(sources, sources.length + 1);
        more[sources.length] = source;
        sources = more;
    }

    /** Removes a source, if it is there. */
    @SuppressWarnings("ReferenceEquality") // the very one
    public synchronized void remove(final Source source) {
        sources = Arrays.stream(sources).filter(other -> other != source).toArray(Source[]::new);
    }

    /** Looks at all; true if anything had arrived. */
    boolean look() {
        final Source[] all = sources;
        boolean arrived = false;
        if (all.length <= MAX_SOURCES) {
            for (final Source source : all) {
                arrived |= source.look();
            }
        }
        return arrived;
    }

    /** Tells all that no poll follows for a while. */
    void rest() {
        for (final Source source : sources) {
            source.rest();
        }
    }
}
