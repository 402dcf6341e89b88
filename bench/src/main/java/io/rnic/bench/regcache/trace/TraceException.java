package io.rnic.bench.regcache.trace;

import java.io.IOException;

/** A trace that cannot be used: the message names the file, the line, and what is wrong. */
public final class TraceException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An exception with that message. */
    public TraceException(final String message) {
        super(message);
    }

    /** An exception with that message and a cause. */
    public TraceException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
