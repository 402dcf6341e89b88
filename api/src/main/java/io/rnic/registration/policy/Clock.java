package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import java.util.BitSet;

/**
 * CLOCK: the hand goes round over the regions, spares those that were used since it came by, and takes the first that
 * was not (Corbató, "A paging experiment with the Multics system", 1968).
 */
final class Clock implements Policy {
    /** The hand stands at the oldest; what it has passed becomes the newest. */
    private final Chains ring = new Chains(1);
    private final BitSet referenced = new BitSet();
    private int regions;

    @Override
    public void added(final int region, final long key, final int pages) {
        ring.add(0, region, pages);
        referenced.clear(region);
        regions++;
    }

    @Override
    public void hit(final int region) {
        referenced.set(region);
    }

    @Override
    public int victim(final Idle idle) {
        // Twice round: the first time may find every region referenced.
        for (int steps = 2 * regions; steps > 0; steps--) {
            final int region = ring.oldest(0);
            if (!referenced.get(region) && idle.test(region)) {
                return region;
            }
            referenced.clear(region);
            ring.move(0, region);
        }
        return NONE;
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        ring.remove(region);
        regions--;
    }
}
