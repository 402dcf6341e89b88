package io.rnic.verbs;

/**
 * One completed request ({@code struct ibv_wc}): a flyweight, valid only inside
 * {@link CompletionHandler#onCompletion}. When {@link #status} is not SUCCESS only {@link #wrId}, {@link #status},
 * {@link #queuePairNumber} and {@link #vendorError} are valid.
 */
public interface Completion {
    /** The number that the application gave its request. */
    long wrId();

    /** How the request ended. */
    CompletionStatus status();

    /** Which kind of request completed. */
    CompletionOpcode opcode();

    /** The message's length in bytes, for receives and RDMA Reads. */
    int byteLength();

    /** The number of the queue pair whose request it was. */
    int queuePairNumber();

    /**
     * Zero, or the Terminate that the error sent or received (RFC 5040 §4.8):
     * {@code 0x10000 | layer << 12 | error type << 8 | error code}.
     */
    int vendorError();
}
