package io.rnic.emu.link;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Large buffers that a thread needs for a moment: there are as many as threads have used at the same time, however many
 * threads there are; thousands of virtual ones, say. Nobody waits.
 *
 * <pre>
 *   places   | A | - | - | - | B | - ...        a thread looks from its own on, and finds what it has put back,
 *              ^ home of a thread               or what another does not use; else it makes one
 * </pre>
 */
final class Shelf<T> {
    private static final int PLACES = 32;
    /** Places of different threads are on different cache lines. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<T> places = new AtomicReferenceArray<>(PLACES * STRIDE);
    private final Supplier<T> maker;

    Shelf(final Supplier<T> maker) {
        this.maker = maker;
    }

    private static int place(final long number) {
        return (int) (number & (PLACES - 1)) * STRIDE;
    }

    /** Takes one; {@link #putBack} is to follow, in any thread. */
    T take() {
        final long home = Thread.currentThread().threadId();
        for (int i = 0; i < PLACES; i++) {
            final int place = place(home + i);
            if (places.getPlain(place) != null) {
                final T found = places.getAndSet(place, null); // sees what the one who put it back has done to it
                if (found != null) {
                    return found;
                }
            }
        }
        return maker.get();
    }

    /** Puts back what was taken; where there is no place for it, it goes with the garbage. */
    void putBack(final T taken) {
        final long home = Thread.currentThread().threadId();
        for (int i = 0; i < PLACES; i++) {
            final int place = place(home + i);
            if (places.getPlain(place) == null) {
                places.setRelease(place, taken); // if another does so now, one of the two is lost, and made again
                return;
            }
        }
    }
}
