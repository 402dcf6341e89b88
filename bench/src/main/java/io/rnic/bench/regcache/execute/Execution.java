package io.rnic.bench.regcache.execute;

import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CacheStatistics;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.RegistrationCache;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * What a cache did on real memory.
 *
 * @param registrationNs what registering and deregistering took
 * @param costs          what registrations cost meanwhile, by probes between the requests: on a shared machine that is
 *                       another figure each minute
 * @param statistics     before the cache was closed
 */
public record Execution(double registrationNs, CostModel costs, CacheStatistics statistics) {
    /** One request of so many is probed. */
    private static final int PROBED = 2;

    /**
     * Leases and releases what a trace asks for, request by request.
     *
     * @param domain of the front end
     * @param buffer the trace's memory
     * @param spare  as much memory, for probes
     * @param hitNs  what a hit is taken to cost
     * @throws IOException if the trace cannot be read
     * @throws io.rnic.verbs.RnicException if memory cannot be locked
     */
    public static Execution of(final RequestSource trace, final Policy policy, final CacheLimits limits,
        final ProtectionDomain domain, final MemorySegment buffer, final MemorySegment spare, final double hitNs)
        throws IOException {
        final TimedDomain timed = new TimedDomain(domain);
        final RequestBatch batch = new RequestBatch();
        try (RegistrationCache cache = new RegistrationCache(timed, policy, limits, Access.LOCAL_WRITE);
            Probe probe = new Probe(domain, spare); RequestSource.Reader reader = trace.open()) {
            int next = 0;
            while (reader.read(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    cache.lease(buffer, batch.offset(i), batch.length(i)).close();
                    if (next++ % PROBED == 0) {
                        probe.request(batch.offset(i), batch.length(i), true);
                    }
                }
            }
            return new Execution(timed.registerNs() + timed.deregisterNs(), probe.model(hitNs),
                cache.statistics());
        }
    }
}
