package io.rnic.verbs;

/** What a send request asks for ({@code enum ibv_wr_opcode}, with the same codes). */
public enum Opcode {
    /** Writes local memory into the peer's region; the peer's application notices nothing. */
    RDMA_WRITE(0),
    /** Sends local memory into the peer's next receive. */
    SEND(2),
    /** Reads the peer's region into local memory. */
    RDMA_READ(4);

    private final int code;

    Opcode(final int code) {
        this.code = code;
    }

    /** The code of {@code enum ibv_wr_opcode}. */
    public int code() {
        return code;
    }
}
