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

    /** The message's length in bytes, for receives (also of a Write with immediate data) and RDMA Reads. */
    int byteLength();

    /** The number of the queue pair whose request it was. */
    int queuePairNumber();

    /**
     * Zero, or the Terminate that the error sent or received (RFC 5040 §4.8):
     * {@code 0x10000 | layer << 12 | error type << 8 | error code}.
     */
    int vendorError();

    /** Whether it is a receive whose message brought immediate data ({@code IBV_WC_WITH_IMM}). */
    boolean hasImmediateData();

    /** The immediate data, 0 where there is none: 8 bytes on the wire (RFC 7306 §6.2). */
    long immediateData();

    /**
     * The STag of this side that the peer's Send made invalid, 0 if it made none invalid, for no STag is 0
     * ({@code IBV_WC_WITH_INV}).
     */
    int invalidatedStag();
}
