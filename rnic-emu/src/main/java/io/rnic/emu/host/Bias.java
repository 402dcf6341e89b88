package io.rnic.emu.host;

import org.jspecify.annotations.Nullable;

/**
 * What the owner of a lock's bias writes. Who was the owner once may write to it for a moment longer, so it never
 * becomes another thread's.
 */
abstract sealed class Bias extends LinePadding permits BiasedLock, LaterBias {
    /**
     * Whose it is: set once, by the owner itself. Plain: a thread only asks whether it is itself, and who reads it too
     * early reads null, or another thread.
     */
    @Nullable Thread owner;
    /** 1 while the owner holds the lock by it. */
    int held;
}
