package io.rnic.emu.host;

/** File descriptors of this process. */
public final class Descriptors {
    private Descriptors() {
    }

    /** Another descriptor of the same file ({@code dup(2)}), below 0 if there is none. */
    public static int duplicate(final int descriptor) {
        return Libc.duplicate(descriptor);
    }
}
