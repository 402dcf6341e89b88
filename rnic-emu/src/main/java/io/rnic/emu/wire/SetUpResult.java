package io.rnic.emu.wire;

/** What the beginning of a half-stream is: a set-up frame, not yet one, or none. */
public sealed interface SetUpResult {
    /**
     * A whole frame.
     *
     * @param setUp  its fields
     * @param length its bytes; behind them FPDUs begin
     */
    record Parsed(SetUp setUp, int length) implements SetUpResult {
    }

    /**
     * So far right; more bytes are needed.
     *
     * @param length how many there must be at least to know more
     */
    record NeedMore(int length) implements SetUpResult {
    }

    /**
     * No frame, whatever follows: the TCP connection is to be closed (RFC 5044 §7.1.2).
     *
     * @param reason why
     */
    record Bad(Reason reason) implements SetUpResult {
    }

    /** Why it is no frame. */
    enum Reason {
        /** It does not begin with the key of a request, or of a reply, whichever was expected. */
        KEY,
        /** A revision that is neither 1 nor 2. */
        REVISION,
        /** Private data of more than 512 bytes. */
        PRIVATE_DATA_TOO_LONG,
        /** An enhanced frame whose private data has no room for what makes it enhanced. */
        ENHANCED_DATA_MISSING
    }
}
