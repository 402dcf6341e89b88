package io.rnic.emu.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The few functions of the C library that the host needs, called by java.lang.foreign. Absent ones are null. */
final class Libc {
    static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_FIELD =
        ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final @Nullable MethodHandle MLOCK =
        find("mlock", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), ERRNO);
    private static final @Nullable MethodHandle MUNLOCK =
        find("munlock", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), ERRNO);
    private static final @Nullable MethodHandle GETRLIMIT =
        find("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final @Nullable MethodHandle DUP = find("dup", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final @Nullable MethodHandle POLL =
        find("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final @Nullable MethodHandle GETPAGESIZE = find("getpagesize", FunctionDescriptor.of(JAVA_INT));
    private static final @Nullable MethodHandle SYSCALL = LINUX
        ? find("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1))
        : null;

    /** {@code RLIMIT_MEMLOCK} of Linux; the BSDs and macOS number it 6. */
    private static final int RLIMIT_MEMLOCK = LINUX ? 8 : 6;

    private Libc() {
    }

    static @Nullable MethodHandle find(final String name, final FunctionDescriptor type,
        final Linker.Option... options) {
        return LINKER.defaultLookup().find(name).map(f -> LINKER.downcallHandle(f, type, options)).orElse(null);
    }

    static boolean canLock() {
        return MLOCK != null && MUNLOCK != null;
    }

    /** Locks pages; returns 0 or the errno ({@code mlock(2)}). */
    static int lock(final long address, final long bytes) {
        return withErrno(MLOCK, address, bytes);
    }

    /** Unlocks pages; returns 0 or the errno ({@code munlock(2)}). */
    static int unlock(final long address, final long bytes) {
        return withErrno(MUNLOCK, address, bytes);
    }

    private static int withErrno(final @Nullable MethodHandle function, final long address, final long bytes) {
        if (function == null) {
            return 38; // ENOSYS
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            final int result = (int) function.invokeExact(state, address, bytes);
            return result == 0 ? 0 : (int) ERRNO_FIELD.get(state, 0L);
        } catch (final Throwable e) {
            throw new LinkageError("mlock", e);
        }
    }

    /**
     * The soft limit on locked memory in bytes ({@code getrlimit(2)}); Long.MAX_VALUE if there is none or none is
     * known.
     */
    static long lockedMemoryLimit() {
        if (GETRLIMIT == null) {
            return Long.MAX_VALUE;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            final int result = (int) GETRLIMIT.invokeExact(RLIMIT_MEMLOCK, limits);
            final long soft = limits.get(JAVA_LONG, 0);
            return result != 0 || soft < 0 ? Long.MAX_VALUE : soft;
        } catch (final Throwable e) {
            throw new LinkageError("getrlimit", e);
        }
    }

    /** Another descriptor of the same file ({@code dup(2)}), below 0 if there is none. */
    static int duplicate(final int descriptor) {
        if (DUP == null) {
            return -1;
        }
        try {
            return (int) DUP.invokeExact(descriptor);
        } catch (final Throwable e) {
            throw new LinkageError("dup", e);
        }
    }

    /** What a {@code struct pollfd} says of its descriptor now ({@code poll(2)}); 0 if nothing. */
    static int poll(final MemorySegment descriptor) {
        if (POLL == null) {
            return 0;
        }
        try {
            return (int) POLL.invokeExact(descriptor, 1L, 0);
        } catch (final Throwable e) {
            throw new LinkageError("poll", e);
        }
    }

    static int pageSize() {
        if (GETPAGESIZE == null) {
            return 4096;
        }
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (final Throwable e) {
            throw new LinkageError("getpagesize", e);
        }
    }

    /** A raw Linux system call; -1 where there is none or it fails. */
    static long systemCall(final long number, final long first, final long second) {
        if (SYSCALL == null) {
            return -1;
        }
        try {
            return (long) SYSCALL.invokeExact(number, first, second, 0L);
        } catch (final Throwable e) {
            throw new LinkageError("syscall", e);
        }
    }
}
