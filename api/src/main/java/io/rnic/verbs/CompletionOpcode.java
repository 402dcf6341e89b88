package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/** Which kind of request completed ({@code enum ibv_wc_opcode}, with the same codes). */
public enum CompletionOpcode {
    /** A Send was handed over. */
    SEND(0),
    /** An RDMA Write was handed over. */
    RDMA_WRITE(1),
    /** An RDMA Read's data is in place. */
    RDMA_READ(2),
    /** A compare-and-swap is done; the original value is in its piece of memory. */
    ATOMIC_COMPARE_AND_SWAP(3),
    /** A fetch-and-add is done; the original value is in its piece of memory. */
    ATOMIC_FETCH_AND_ADD(4),
    /** A memory window is bound. */
    BIND_MEMORY_WINDOW(5),
    /** An STag is invalid. */
    LOCAL_INVALIDATE(6),
    /** A message was placed into a receive. */
    RECEIVE(128),
    /** An RDMA Write with immediate data took a receive; its bytes are where the Write said. */
    RECEIVE_RDMA_WITH_IMMEDIATE(129);

    private static final @Nullable CompletionOpcode[] BY_CODE = new CompletionOpcode[256];

    static {
        for (final CompletionOpcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;

    CompletionOpcode(final int code) {
        this.code = code;
    }

    /** The code of {@code enum ibv_wc_opcode}. */
    public int code() {
        return code;
    }

    /** True for requests of the receive queue ({@code IBV_WC_RECV} and above). */
    public boolean isReceive() {
        return code >= 128;
    }

    /**
     * The opcode with that code.
     *
     * @throws IllegalArgumentException if no opcode has it
     */
    public static CompletionOpcode of(final int code) {
        final CompletionOpcode opcode = BY_CODE[code & 0xFF];
        if (opcode == null) {
            throw new IllegalArgumentException("unknown completion opcode: code=" + code);
        }
        return opcode;
    }
}
