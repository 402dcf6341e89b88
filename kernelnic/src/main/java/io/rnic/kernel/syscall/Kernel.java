package io.rnic.kernel.syscall;

import io.rnic.verbs.DeviceAttributes;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The way into the kernel, for one process: all that its application's side knows of it. */
public interface Kernel {
    /**
     * Crosses, does the call, crosses back.
     *
     * @param number     one of {@link SystemCall}
     * @param block      the arguments; afterwards the results
     * @param attachment memory that comes along, as a file descriptor does with a message
     * @return what the call returns, {@link SystemCall#FAILED} or {@link SystemCall#INTERRUPTED}
     */
    long call(int number, ArgumentBlock block, @Nullable MemorySegment attachment);

    /** What the device can do; it is no secret and needs no crossing. */
    DeviceAttributes attributes();

    /**
     * Names who gives locked memory back: the up-call of this process.
     *
     * @return false if the kernel's policy never asks
     */
    boolean onReclaim(LongUnaryOperator giveBack);

    /**
     * Names who is told that a memory region is no longer registered, perhaps because the kernel took it: an up-call
     * too. Told at once if there is no such region (any more).
     */
    void onDeregister(int handle, Runnable notice);

    /** Counters by name, a snapshot. */
    Map<String, Long> counters();
}
