package io.rnic.verbs;

/** The listener's application rejected the connection. */
public final class RejectedException extends RnicException {
    private static final long serialVersionUID = 1L;

    /** What the other side said. */
    private final byte[] privateData;

    /**
     * Creates the exception.
     *
     * @param message     who rejected
     * @param privateData what the other side said, empty if nothing
     */
    public RejectedException(final String message, final byte[] privateData) {
        super(RnicError.CONNECTION_REJECTED, message);
        this.privateData = privateData.clone();
    }

    /** The private data that the other side gave with its rejection, empty if none. */
    public byte[] privateData() {
        return privateData.clone();
    }
}
