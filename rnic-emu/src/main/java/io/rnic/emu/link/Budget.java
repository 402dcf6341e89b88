package io.rnic.emu.link;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all connections together may keep for their peers: what waits to be sent, FPDUs of which a part has
 * come. Each connection has a limit of its own besides; that of all is for when there are very many.
 */
public final class Budget {
    private static final long LEAST = 1 << 26;
    /** A quarter of the memory that the JVM may take outside of its heap, at least 64 MiB. */
    public static final Budget ALL = new Budget(Math.max(LEAST, Runtime.getRuntime().maxMemory() / 4));

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    Budget(final long most) {
        this.most = most;
    }

    /** Takes so many bytes; false if they are not there. */
    public boolean take(final long bytes) {
        if (taken.addAndGet(bytes) <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    /** Gives back what was taken. */
    public void giveBack(final long bytes) {
        taken.addAndGet(-bytes);
    }

    /** How many bytes can be taken. */
    public long left() {
        return most - taken.get();
    }
}
