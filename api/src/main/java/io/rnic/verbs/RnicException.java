package io.rnic.verbs;

/** A verb that was refused. Nothing is half made: the object is as it was before the call. */
public class RnicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The refusal. */
    private final RnicError error;

    /**
     * Creates the exception.
     *
     * @param error   what kind of error it is
     * @param message what was given, what is allowed, what to do
     */
    public RnicException(final RnicError error, final String message) {
        super(message);
        this.error = error;
    }

    /** What kind of error it is. */
    public final RnicError error() {
        return error;
    }
}
