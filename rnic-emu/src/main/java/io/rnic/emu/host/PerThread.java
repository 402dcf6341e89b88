package io.rnic.emu.host;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One object for each thread, as a {@link ThreadLocal} holds it, but found in fewer steps: by the thread's number in a
 * table of {@value #SLOTS}, and only behind that in a ThreadLocal, which is five objects to go through. Where the
 * caches were just used for something else, as when a kernel is entered after much was copied, each is waited for.
 *
 * <p>The table is not written while the same threads come again. It keeps up to {@value #SLOTS} threads that have ended
 * from being collected, until another comes to the slot.
 *
 * @param <T> what a thread has
 */
public final class PerThread<T extends PerThread.Owned> {
    private static final int SLOTS = 64;

    private final ThreadLocal<T> all;
    /** Plain: what is found is only used by the thread that put it there; another looks no further than whose it is. */
    private final @Nullable Owned[] table = new Owned[SLOTS];

    /** What belongs to the thread that makes it. */
    public abstract static class Owned {
        private final Thread owner = Thread.currentThread();

        /** The calling thread's. */
        protected Owned() {
        }
    }

    /** Nothing yet; {@code maker} makes the object of a thread when it first asks. */
    public PerThread(final Supplier<T> maker) {
        all = ThreadLocal.withInitial(maker);
    }

    /** The calling thread's object. */
    @SuppressWarnings("unchecked") // what is in the table came from the ThreadLocal
    public T get() {
        final Thread current = Thread.currentThread();
        final Owned found = table[slot(current)];
        return found != null && found.owner == current ? (T) found : findOther(current);
    }

    /** Another thread keeps its slot while it lives: two that have the same would take it from each other each time. */
    private T findOther(final Thread current) {
        final T mine = all.get();
        final Owned found = table[slot(current)];
        if (found == null || !found.owner.isAlive()) {
            table[slot(current)] = mine;
        }
        return mine;
    }

    private static int slot(final Thread thread) {
        return (int) thread.threadId() & (SLOTS - 1);
    }
}
