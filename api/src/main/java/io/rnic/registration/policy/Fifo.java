package io.rnic.registration.policy;

import io.rnic.registration.Policy;

/** First in, first out: the region that was registered longest ago goes. What GASNet's firehose does. */
final class Fifo implements Policy {
    private final Chains regions = new Chains(1);

    @Override
    public void added(final int region, final long key, final int pages) {
        regions.add(0, region, pages);
    }

    @Override
    public void hit(final int region) {
        // Use changes nothing.
    }

    @Override
    public int victim(final Idle idle) {
        return Victims.oldestIdle(regions, 0, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        regions.remove(region);
    }
}
