package io.rnic.emu.host;

import java.lang.foreign.Arena;

/**
 * A full memory barrier on every running thread of the process: the dear half of an asymmetric fence, whose cheap half
 * is a store followed by a load in program order with no fence between them ({@code membarrier(2)}). Where a thread A
 * does {@code X = 1; read Y} and a thread B does {@code Y = 1; barrier(); read X}, at least one of the two sees the
 * other.
 *
 * <p>Without membarrier the closing of a shared arena serves: it stops every thread of the JVM for a handshake.
 */
public final class GlobalBarrier {
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final long SYSTEM_CALL_NUMBER = switch (System.getProperty("os.arch", "")) {
        case "amd64", "x86_64" -> 324;
        case "aarch64" -> 283;
        default -> -1;
    };
    private static final boolean EXPEDITED = Libc.LINUX && SYSTEM_CALL_NUMBER > 0
        && Libc.systemCall(SYSTEM_CALL_NUMBER, REGISTER_PRIVATE_EXPEDITED, 0) == 0;

    private GlobalBarrier() {
    }

    /** Returns when every thread of the process has passed a full barrier. Costs microseconds. */
    public static void full() {
        if (!EXPEDITED || Libc.systemCall(SYSTEM_CALL_NUMBER, PRIVATE_EXPEDITED, 0) != 0) {
            closeSharedArena();
        }
    }

    @SuppressWarnings("try") // the closing is what is wanted
    private static void closeSharedArena() {
        try (Arena arena = Arena.ofShared()) {
            arena.allocate(1);
        }
    }
}
