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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a cache did on real memory.
 *
 * @param registrationNs what registering and deregistering took of the processor
 * @param costs          what the same calls cost in memory beside it, at the same time ({@link Twin})
 * @param statistics     before the cache was closed
 * @param refused        registrations for which the system locked no more: the cache gave others up for them
 */
public record Execution(double registrationNs, CostModel costs, CacheStatistics statistics, long refused) {
    /**
     * Leases and releases what a trace asks for, request by request.
     *
     * @param domain of the front end
     * @param buffer the trace's memory
     * @param spare  as much memory, for the twin
     * @param hitNs  what a hit is taken to cost
     * @param stop   asked after each batch
     * @return null if it was stopped
     * @throws IOException if the trace cannot be read
     * @throws io.rnic.verbs.RnicException if memory cannot be locked
     */
    public static @Nullable Execution of(final RequestSource trace, final Policy policy, final CacheLimits limits,
        final ProtectionDomain domain, final MemorySegment buffer, final MemorySegment spare, final double hitNs,
        final BooleanSupplier stop) throws IOException {
        final Twin twin = new Twin(domain, buffer, spare);
        final TimedDomain timed = new TimedDomain(domain, twin);
        final RequestBatch batch = new RequestBatch();
        try (RegistrationCache cache = new RegistrationCache(timed, policy, limits, Access.LOCAL_WRITE);
            RequestSource.Reader reader = trace.open()) {
            while (reader.read(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    cache.lease(buffer, batch.offset(i), batch.length(i)).close();
                }
                if (stop.getAsBoolean()) {
                    return null;
                }
            }
            return new Execution(timed.totalNs(), twin.model(hitNs), cache.statistics(), timed.refused());
        }
    }
}
