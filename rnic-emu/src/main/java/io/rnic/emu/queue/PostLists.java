package io.rnic.emu.queue;

import io.rnic.verbs.PostException;
import io.rnic.verbs.RnicError;
import java.util.Objects;

/** Checks a list before any of it is posted, and says what became of it. */
public final class PostLists {
    private PostLists() {
    }

    /**
     * Checks that the first {@code count} places of a list hold requests.
     *
     * @throws PostException INVALID_ARGUMENT at index 0: nothing is posted
     */
    public static void check(final Object[] requests, final int count) {
        if (count < 0 || count > Objects.requireNonNull(requests, "requests").length) {
            throw refused("count " + count + " of a list of " + requests.length + " requests; allowed: 0 to "
                + requests.length);
        }
        for (int i = 0; i < count; i++) {
            if (requests[i] == null) {
                throw refused("a list of requests with null at index " + i);
            }
        }
    }

    /**
     * What became of a list: how many of it were posted, and above that 32 bits, of which all are 0 if none was
     * refused, why the next one was not. So it is told as it was when it was refused, and nothing is made for it.
     */
    public static long outcome(final int posted, final PostResult last) {
        return (long) last.code() << Integer.SIZE | posted;
    }

    /** The same of a list of one. */
    public static long outcomeOfOne(final PostResult result) {
        return outcome(result == PostResult.OK ? 1 : 0, result);
    }

    /** How many were posted. */
    public static int posted(final long outcome) {
        return (int) outcome;
    }

    /** Whether all were posted. */
    public static boolean isWhole(final long outcome) {
        return outcome >>> Integer.SIZE == 0;
    }

    /** Why the first that was not posted was not. */
    public static PostResult last(final long outcome) {
        return PostResult.of((int) (outcome >>> Integer.SIZE));
    }

    private static PostException refused(final String what) {
        return new PostException(RnicError.INVALID_ARGUMENT, what, 0);
    }
}
