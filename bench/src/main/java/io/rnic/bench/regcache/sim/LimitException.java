package io.rnic.bench.regcache.sim;

/** A request needs more memory registered at once than the limit allows. */
public final class LimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception that says what is needed and what is allowed. */
    public LimitException(final long limitBytes, final long neededBytes) {
        super("limit of " + limitBytes + " bytes is smaller than a region of the trace, of " + neededBytes
            + " bytes; allowed: " + neededBytes + " or more");
    }
}
