package io.rnic.verbs;

import org.jspecify.annotations.Nullable;

/** What a send request asks for ({@code enum ibv_wr_opcode}, with the same codes). */
public enum Opcode {
    /** Writes local memory into the peer's region; the peer's application notices nothing. */
    RDMA_WRITE(0),
    /** The same, and the peer's next receive completes with immediate data (RFC 7306 §6). */
    RDMA_WRITE_WITH_IMMEDIATE(1),
    /** Sends local memory into the peer's next receive. */
    SEND(2),
    /** The same, and the receive completes with immediate data. */
    SEND_WITH_IMMEDIATE(3),
    /** Reads the peer's region into local memory. */
    RDMA_READ(4),
    /** Compares 8 bytes of the peer's region with a value and, if they are equal, swaps in another (RFC 7306 §5.1). */
    ATOMIC_COMPARE_AND_SWAP(5),
    /** Adds to 8 bytes of the peer's region (RFC 7306 §5.1). */
    ATOMIC_FETCH_AND_ADD(6),
    /** Makes an STag of this side invalid. */
    LOCAL_INVALIDATE(7),
    /** Binds a memory window to a part of a region. */
    BIND_MEMORY_WINDOW(8),
    /** Sends, and makes an STag of the peer invalid before its receive completes (RFC 5040 §5.3). */
    SEND_WITH_INVALIDATE(9);

    private static final @Nullable Opcode[] BY_CODE = new Opcode[16];

    static {
        for (final Opcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;

    Opcode(final int code) {
        this.code = code;
    }

    /** The code of {@code enum ibv_wr_opcode}. */
    public int code() {
        return code;
    }

    /** The opcode with that code, null if none has it. */
    public static @Nullable Opcode of(final int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
