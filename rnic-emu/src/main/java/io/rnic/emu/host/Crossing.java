package io.rnic.emu.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** What crossing from an application into the kernel and back costs (paper, §VI-B and Fig. 3). */
public sealed interface Crossing {
    /** Goes there and back. */
    void cross();

    /** Its name, as {@link #parse} takes it, with what is missing on this system. */
    String describe();

    /**
     * The crossing of that name: {@code null-syscall}, {@code none} or {@code spin:NANOSECONDS}.
     *
     * @throws RnicException INVALID_ARGUMENT for any other
     */
    static Crossing parse(final String name) {
        if (name.equals("null-syscall")) {
            return NullSystemCall.available() ? new NullSystemCall()
                : new None("none (" + NullSystemCall.NAME + " not found)");
        }
        if (name.equals("none")) {
            return new None("none");
        }
        if (name.startsWith("spin:") && name.substring(5).matches("[0-9]{1,9}")) {
            return new Spin(Integer.parseInt(name.substring(5)));
        }
        throw new RnicException(RnicError.INVALID_ARGUMENT,
            "crossing '" + name + "' is unknown; allowed: null-syscall, none, spin:NANOSECONDS (up to 999999999)");
    }

    /**
     * A real system call that does nothing. On Linux that is {@code sched_get_priority_max(2)}, which looks at its
     * argument alone: here {@code getuid(2)} takes 15 ns more, and 40 more when the caches have been used for something
     * else, {@code getppid(2)} 45 and 140. Elsewhere the C library may answer it by itself, so there it is
     * {@code getuid(2)}.
     */
    final class NullSystemCall implements Crossing {
        static final String NAME = Libc.LINUX ? "sched_get_priority_max" : "getuid";

        // getuid is given an argument that it does not look at.
        // critical: the thread stays a Java thread, as one that enters the kernel stays the same thread.
        private static final @Nullable MethodHandle CALL =
            Libc.find(NAME, FunctionDescriptor.of(JAVA_INT, JAVA_INT), Linker.Option.critical(false));

        static boolean available() {
            return CALL != null;
        }

        @Override
        public void cross() {
            final MethodHandle call = CALL;
            if (call == null) {
                return;
            }
            try {
                final int ignored = (int) call.invokeExact(0);
            } catch (final Throwable e) {
                throw new LinkageError(NAME, e);
            }
        }

        @Override
        public String describe() {
            return "null-syscall";
        }
    }

    /** Costs nothing. */
    record None(String describe) implements Crossing {
        @Override
        public void cross() {
        }
    }

    /** Spins for a time, to see what a dearer or cheaper crossing would do. */
    record Spin(int durationNs) implements Crossing {
        @Override
        public void cross() {
            final long start = System.nanoTime();
            while (System.nanoTime() - start < durationNs) {
                Thread.onSpinWait();
            }
        }

        @Override
        public String describe() {
            return "spin:" + durationNs;
        }
    }
}
