package io.rnic.bench.regcache.sim;

/** A request needs more memory registered at once than the limit allows. */
public final class LimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception that says what is needed and what is allowed. */
    public LimitException(final long limitBytes, final long neededBytes) {
        super("limit of " + limitBytes + " bytes is smaller than a region of the trace, of " + neededBytes
            + " bytes; allowed: " + neededBytes + " or more");
    }

    private LimitException(final String message, final LimitException cause) {
        super(message, cause);
    }

    /** The same, with the file and line that ask for so much; a line below 1 is not told. */
    LimitException at(final String file, final long line) {
        return line < 1 ? this : new LimitException(file + ":" + line + ": " + getMessage(), this);
    }
}
