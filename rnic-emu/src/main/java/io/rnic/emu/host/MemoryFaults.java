package io.rnic.emu.host;

import java.lang.foreign.MemorySegment;

/**
 * Makes a fault of mapped memory come where it can be caught. A file that is truncated takes the pages of its mapping
 * away; the JVM tells of an access to them by an {@link InternalError}, but compiled code throws it only where it looks
 * for such things next, which may be far behind the access and outside of any {@code try}:
 *
 * <pre>
 *   try { copy; settle() } catch (InternalError)      settle has a place where the JVM looks: the end of a loop's round
 * </pre>
 *
 * <p>Without it, of 240 copies in code that runs often, up to 232 threw it too late; with it none. Only mapped memory
 * can lose its pages, so while none was ever registered it is a look at one field.
 */
public final class MemoryFaults {
    /** Plain: whoever registers posts afterwards. */
    private static boolean expected;
    /** One round, but the compiler must not know. */
    private static int once = 1;

    private MemoryFaults() {
    }

    /** Memory is about to be registered, from now on faults may come if it is a file's. */
    public static void expectOf(final MemorySegment segment) {
        if (segment.isMapped()) {
            expected = true;
        }
    }

    /** To be called behind a copy, inside the {@code try} that is to catch its fault. */
    public static void settle() {
        if (expected) {
            look();
        }
    }

    private static void look() {
        for (int rounds = once; rounds != 0; rounds >>>= 1) {
            // the JVM looks at the end of each round
        }
    }
}
