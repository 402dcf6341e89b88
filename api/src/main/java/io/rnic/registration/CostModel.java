package io.rnic.registration;

import java.util.List;

/**
 * What registering memory costs, in nanoseconds: {@code a + b·pages} to register and {@code c + d·pages} to deregister.
 * A page is {@link #PAGE_BYTES} long.
 *
 * @param name               where the figures are from
 * @param registerNs         a: a registration
 * @param registerPageNs     b: each of its pages
 * @param deregisterNs       c: a call that deregisters, of one region or of several together
 * @param deregisterPageNs   d: each page that it deregisters
 * @param hitNs              a request that is served by what is registered
 * @param faultNs            a request that the NIC stops at for pages that are not mapped (on-demand paging)
 */
public record CostModel(String name, double registerNs, double registerPageNs, double deregisterNs,
                        double deregisterPageNs, double hitNs, double faultNs) {
    /** The bytes of a page. */
    public static final int PAGE_BYTES = 4096;

    private static final double HIT_NS = 50;
    /** A minor fault of a NIC without pinned memory takes 3.5 to 5.7 µs (NP-RDMA). */
    private static final double FAULT_NS = 4600;

    /**
     * UCX's default for InfiniBand: 16 µs and 0.06 ns for a byte; it puts no price on deregistration. A hit takes 50
     * ns.
     */
    public static final CostModel UCX_INFINIBAND =
        new CostModel("ucx", 16_000, 0.06 * PAGE_BYTES, 0, 0, HIT_NS, FAULT_NS);

    /** Locking resident pages in a virtual machine with 2 cores: {@code mlock(2)}, {@code munlock(2)}. */
    public static final CostModel MLOCK = new CostModel("mlock", 4100, 330, 3000, 180, HIT_NS, FAULT_NS);

    /**
     * The paper's period, by Tezuka's pin-down cache (1998): 113.5 MB/s if every request hits, 40 MB/s if none does.
     * The difference is 16.2 ns for each byte, 66.3 µs for a page, taken as half registration and half deregistration;
     * what a call costs beyond its pages cannot be told from it. A hit is taken as 1 µs.
     */
    public static final CostModel PERIOD = new CostModel("1998", 0, 33_150, 0, 33_150, 1000, 66_300);

    /** The named models. */
    public static final List<CostModel> PRESETS = List.of(UCX_INFINIBAND, MLOCK, PERIOD);

    /** Checks the figures: none is negative, and registration is not free. */
    public CostModel {
        for (final double ns : new double[] {registerNs, registerPageNs, deregisterNs, deregisterPageNs, hitNs,
            faultNs}) {
            if (!(ns >= 0) || ns > 1e12) {
                throw new IllegalArgumentException("cost of " + ns + " ns; allowed: 0 to 1e12");
            }
        }
        if (registerNs + registerPageNs == 0) {
            throw new IllegalArgumentException("registration of no cost; allowed: more than 0 ns");
        }
    }

    /** What it costs to register a region of so many pages. */
    public double register(final long pages) {
        return registerNs + registerPageNs * pages;
    }

    /** What it costs to deregister a region of so many pages by itself. */
    public double deregister(final long pages) {
        return deregisterNs + deregisterPageNs * pages;
    }

    /** What a region that is missed and later evicted costs. */
    public double miss(final long pages) {
        return register(pages) + deregister(pages);
    }
}
