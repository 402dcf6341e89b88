package io.rnic.verbs;

/**
 * A post that was refused. Of a list, the requests before {@link #index} were posted, this one and those behind not.
 */
public final class PostException extends RnicException {
    private static final long serialVersionUID = 1L;

    /** The refused request's place in the list. */
    private final int index;

    /**
     * Creates the exception.
     *
     * @param error   what kind of error it is
     * @param message what was given and what is allowed
     * @param index   the refused request's index in the list, 0 for a single request ({@code bad_wr})
     */
    public PostException(final RnicError error, final String message, final int index) {
        super(error, message);
        this.index = index;
    }

    /** The refused request's index in the list that was posted; 0 for a single request. */
    public int index() {
        return index;
    }
}
