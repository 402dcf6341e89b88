package io.rnic.bench.regcache.sim;

import io.rnic.registration.CostModel;

/** What a simulation counts. Costs follow from the counts, so that one run serves any model. */
public final class Tally {
    private long requests;
    private long hits;
    private long registrations;
    private long registeredPages;
    private long deregistrations;
    private long deregisteredPages;
    private long faults;
    private long refused;
    private long lockedPagesMax;

    /** Nothing counted. */
    public Tally() {
        // All zero.
    }

    void request() {
        requests++;
    }

    void hit() {
        hits++;
    }

    void registered(final long pages) {
        registrations++;
        registeredPages += pages;
    }

    void deregistered(final long pages) {
        deregistrations++;
        deregisteredPages += pages;
    }

    void fault() {
        faults++;
    }

    void refuse() {
        refused++;
    }

    void mapped(final long pages) {
        registeredPages += pages;
    }

    void locked(final long pages) {
        lockedPagesMax = Math.max(lockedPagesMax, pages);
    }

    void add(final Tally other) {
        requests += other.requests;
        hits += other.hits;
        registrations += other.registrations;
        registeredPages += other.registeredPages;
        deregistrations += other.deregistrations;
        deregisteredPages += other.deregisteredPages;
        faults += other.faults;
        refused += other.refused;
    }

    /** Requests, or accesses of pages or blocks. */
    public long requests() {
        return requests;
    }

    /** Those that nothing had to be registered for. */
    public long hits() {
        return hits;
    }

    /** Those that nothing could be registered for, because others had it all. */
    public long refused() {
        return refused;
    }

    /** Registrations. */
    public long registrations() {
        return registrations;
    }

    /** Deregistrations, before the end: what is registered then stays so. */
    public long deregistrations() {
        return deregistrations;
    }

    /** Pages of all registrations. */
    public long registeredPages() {
        return registeredPages;
    }

    /** Pages of all deregistrations. */
    public long deregisteredPages() {
        return deregisteredPages;
    }

    /** The most pages that were registered at a time. */
    public long lockedPagesMax() {
        return lockedPagesMax;
    }

    /** The share of requests that were hits. */
    public double hitRatio() {
        return requests == 0 ? 0 : (double) hits / requests;
    }

    /**
     * What all of it costs, in nanoseconds.
     *
     * @param batch how many deregistrations share the cost of one call
     */
    public double cost(final CostModel model, final int batch) {
        return registrations * model.registerNs() + registeredPages * model.registerPageNs()
            + deregistrations * model.deregisterNs() / batch + deregisteredPages * model.deregisterPageNs()
            + hits * model.hitNs() + faults * model.faultNs();
    }
}
