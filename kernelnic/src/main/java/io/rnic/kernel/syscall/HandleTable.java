package io.rnic.kernel.syscall;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.collections.IntArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the integers of one process stand for. A handle has its place in the low 20 bits and a count above, so that a
 * handle that was closed is not taken for a newer one. Looked up without a lock.
 */
public final class HandleTable {
    private static final int INDEX_BITS = 20;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int COUNT_MASK = (1 << 11) - 1;

    private record Entry(int handle, Object object) {
    }

    /** What is said of a closed object, until its place has another. */
    private record Closed(String said) {
    }

    private volatile AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(16);
    /** Places of handles that were closed, so that giving one out looks for nothing however many are open. */
    private final IntArrayQueue closed = new IntArrayQueue();
    /** Places that had a handle at some time; place 0 counts from the beginning, as if it had been closed. */
    private int placesUsed = 1;
    private int count;

    /** A table without handles. */
    public HandleTable() {
        closed.addInt(0);
    }

    /**
     * Gives an object a handle, which is above 0.
     *
     * @throws RnicException DEVICE_LIMIT after 2^20 handles
     */
    public synchronized int add(final Object object) {
        final int index = freeIndex();
        count = (count + 1) & COUNT_MASK;
        final int handle = ((count == 0 ? ++count : count) << INDEX_BITS) | index;
        entries.setRelease(index, new Entry(handle, object));
        return handle;
    }

    private int freeIndex() {
        if (placesUsed < entries.length()) {
            return placesUsed++;
        }
        if (!closed.isEmpty()) {
            return closed.pollInt();
        }
        final AtomicReferenceArray<@Nullable Entry> old = entries;
        if (old.length() > INDEX_MASK) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "the process has " + old.length()
                + " handles open already");
        }
        final AtomicReferenceArray<@Nullable Entry> grown = new AtomicReferenceArray<>(old.length() * 2);
        for (int i = 0; i < old.length(); i++) {
            grown.setPlain(i, old.getPlain(i));
        }
        entries = grown;
        return placesUsed++;
    }

    /** The same; if there is no handle left for the object, it is undone. */
    public int addOrElse(final Object object, final Runnable undo) {
        try {
            return add(object);
        } catch (final RnicException e) {
            undo.run();
            throw e;
        }
    }

    /**
     * The object of a handle.
     *
     * @throws RnicException CLOSED if there is none (any more) or it is of another kind; by its name if that is known
     */
    public <T> T get(final int handle, final Class<T> kind) {
        final T object = find(handle, kind);
        if (object == null) {
            throw closed(handle);
        }
        return object;
    }

    private RnicException closed(final int handle) {
        return new RnicException(RnicError.CLOSED, entry(handle) instanceof Entry(int ignored, Closed(String said))
            ? said : "the object is closed: handle " + handle
                + " stands for nothing of its kind of this process (any more)");
    }

    /** The object of a handle, null if there is none (any more) or it is of another kind. */
    public <T> @Nullable T find(final int handle, final Class<T> kind) {
        final Entry entry = entry(handle);
        return entry != null && kind.isInstance(entry.object) && !(entry.object instanceof Closed)
            ? kind.cast(entry.object) : null;
    }

    private @Nullable Entry entry(final int handle) {
        final AtomicReferenceArray<@Nullable Entry> table = entries;
        final int index = handle & INDEX_MASK;
        final Entry entry = index < table.length() ? table.getAcquire(index) : null;
        return entry != null && entry.handle == handle ? entry : null;
    }

    /** Forgets a handle, if it is (still) there. */
    public void remove(final int handle) {
        remove(handle, null);
    }

    /**
     * Forgets a handle, if it is (still) there, but for what is said to whoever uses it.
     *
     * @param said for instance {@code "queue pair 1 is closed"}
     */
    public void close(final int handle, final String said) {
        remove(handle, new Entry(handle, new Closed(said)));
    }

    private synchronized void remove(final int handle, final @Nullable Entry instead) {
        if (find(handle, Object.class) != null) {
            entries.setRelease(handle & INDEX_MASK, instead);
            closed.addInt(handle & INDEX_MASK);
        }
    }
}
