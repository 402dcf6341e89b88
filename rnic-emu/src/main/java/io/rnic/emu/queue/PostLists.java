package io.rnic.emu.queue;

import io.rnic.verbs.PostException;
import io.rnic.verbs.RnicError;

/** Checks a list before any of it is posted. */
public final class PostLists {
    private PostLists() {
    }

    /**
     * Checks that the first {@code count} places of a list hold requests.
     *
     * @throws PostException INVALID_ARGUMENT at index 0: nothing is posted
     */
    public static void check(final Object[] requests, final int count) {
        if (count < 0 || count > requests.length) {
            throw refused("count " + count + " of a list of " + requests.length + " requests; allowed: 0 to "
                + requests.length);
        }
        for (int i = 0; i < count; i++) {
            if (requests[i] == null) {
                throw refused("a list of requests with null at index " + i);
            }
        }
    }

    private static PostException refused(final String what) {
        return new PostException(RnicError.INVALID_ARGUMENT, what, 0);
    }
}
