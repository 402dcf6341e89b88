package io.rnic.bench.run;

/** An experiment that failed: the command says its message in one line and ends with exit code 1. */
public final class ExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed and what was expected
     */
    public ExperimentException(final String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what failed
     * @param cause   why
     */
    public ExperimentException(final String message, final Throwable cause) {
        super(message + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
    }
}
