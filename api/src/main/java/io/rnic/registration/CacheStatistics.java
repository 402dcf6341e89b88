package io.rnic.registration;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a cache has done so far, by the names of UCX's {@code rcache} statistics, and what it holds.
 *
 * @param gets            leases asked for
 * @param hitsFast        those that found a region at once, without a lock
 * @param hitsSlow        those that found one under the lock: no hint led to it, or another thread just registered it
 * @param misses          those that did not
 * @param regionsMerged   regions that gave way to a larger one
 * @param unmapEvents     times that memory was found gone, or the application said so
 * @param regionsInvUnmap regions that were given up for that
 * @param puts            leases ended
 * @param memRegs         registrations
 * @param memDeregs       deregistrations
 * @param evictions       regions given up for room; UCX has no name for it
 * @param regionsLost     regions that others deregistered (the kernel took them, or somebody closed them); likewise
 * @param regions         regions that are registered now
 * @param bytes           bytes of their pages; pages that two regions share count twice
 */
public record CacheStatistics(long gets, long hitsFast, long hitsSlow, long misses, long regionsMerged,
                              long unmapEvents, long regionsInvUnmap, long puts, long memRegs, long memDeregs,
                              long evictions, long regionsLost, long regions, long bytes) {
    /** By UCX's names: {@code gets}, {@code hits_fast} and so on; from {@code evictions} on by ours. */
    public Map<String, Long> asMap() {
        final Map<String, Long> map = new LinkedHashMap<>();
        map.put("gets", gets);
        map.put("hits_fast", hitsFast);
        map.put("hits_slow", hitsSlow);
        map.put("misses", misses);
        map.put("regions_merged", regionsMerged);
        map.put("unmap_events", unmapEvents);
        map.put("regions_inv_unmap", regionsInvUnmap);
        map.put("puts", puts);
        map.put("mem_regs", memRegs);
        map.put("mem_deregs", memDeregs);
        map.put("evictions", evictions);
        map.put("regions_lost", regionsLost);
        map.put("regions", regions);
        map.put("bytes", bytes);
        return map;
    }
}
