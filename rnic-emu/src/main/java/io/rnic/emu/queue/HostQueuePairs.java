package io.rnic.emu.queue;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The queue pairs of one opener by number, so that a completion finds the one it belongs to without a lock. */
public final class HostQueuePairs {
    private final int indexMask;
    private volatile AtomicReferenceArray<@Nullable HostQueuePair> byIndex = new AtomicReferenceArray<>(16);

    /**
     * Creates an empty table.
     *
     * @param indexMask which low bits of a queue pair's number are its index
     */
    public HostQueuePairs(final int indexMask) {
        this.indexMask = indexMask;
    }

    /** The queue pair of that number, null if there is none (any more). */
    public @Nullable HostQueuePair get(final int number) {
        final AtomicReferenceArray<@Nullable HostQueuePair> table = byIndex;
        final int index = number & indexMask;
        final HostQueuePair found = index < table.length() ? table.getAcquire(index) : null;
        return found != null && found.number() == number ? found : null;
    }

    /** Adds one. */
    public synchronized void add(final HostQueuePair queuePair) {
        final int index = queuePair.number() & indexMask;
        if (index >= byIndex.length()) {
            grow(index);
        }
        byIndex.setRelease(index, queuePair);
    }

    /** Removes one, if it is there. */
    public synchronized void remove(final HostQueuePair queuePair) {
        final int index = queuePair.number() & indexMask;
        if (index < byIndex.length()) {
            byIndex.compareAndSet(index, queuePair, null);
        }
    }

    private void grow(final int index) {
        final AtomicReferenceArray<@Nullable HostQueuePair> old = byIndex;
        final AtomicReferenceArray<@Nullable HostQueuePair> grown =
            new AtomicReferenceArray<>(Integer.highestOneBit(index) * 2);
        for (int i = 0; i < old.length(); i++) {
            grown.setPlain(i, old.getPlain(i));
        }
        byIndex = grown;
    }
}
