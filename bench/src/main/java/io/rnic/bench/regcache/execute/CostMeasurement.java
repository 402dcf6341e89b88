package io.rnic.bench.regcache.execute;

import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * What registrations cost on this machine: requests register their pages and deregister them when some more have come,
 * and straight lines are laid through the times, {@code a + b·pages} and {@code c + d·pages}, by least squares. Where
 * the requests go matters: pages that were just touched are locked faster than those that no cache of the processor
 * holds.
 *
 * @param model the costs
 * @param fit   how far from what was measured the lines are
 */
public record CostMeasurement(CostModel model, String fit) {
    /** How many registrations are timed, as a system property: for tests, to which they need not be exact. */
    public static final String SAMPLES_PROPERTY = "rnic.test.registrations";

    private static final int SAMPLES = Math.max(100, Integer.getInteger(SAMPLES_PROPERTY, 60_000));
    private static final int WARM_UP = SAMPLES / 2;
    private static final int HITS = 500_000;
    private static final long PIECE_BYTES = 1 << 20;

    /**
     * Measures.
     *
     * @param domain   of the front end that is to be measured
     * @param buffer   resident memory
     * @param requests places in the buffer and lengths; as many as are needed are taken, from the beginning again if
     *                 they are few
     */
    public static CostMeasurement of(final ProtectionDomain domain, final MemorySegment buffer,
        final RequestSource requests) throws IOException {
        lockOnce(domain, buffer);
        try (Probe probe = new Probe(domain, buffer)) {
            int done = 0;
            while (done < WARM_UP + SAMPLES) {
                done = sample(probe, requests, done);
            }
            probe.check();
            return new CostMeasurement(probe.model(hit(domain, buffer)), String.format(Locale.ROOT, "measured here,"
                    + " by %,d registrations; the lines are within %.0f %% of the mean time for each frequent number"
                    + " of pages to register, %.0f %% to deregister",
                SAMPLES, 100 * probe.register().off(), 100 * probe.deregister().off()));
        }
    }

    /**
     * Locks a buffer piece by piece: the first time that a page is locked takes longer than any other. No more than a
     * piece is locked at once, for processes may be allowed little.
     *
     * @throws RnicException if not even a piece can be locked
     */
    public static void lockOnce(final ProtectionDomain domain, final MemorySegment buffer) {
        for (long at = 0; at < buffer.byteSize(); at += PIECE_BYTES) {
            domain.registerMemory(buffer.asSlice(at, Math.min(PIECE_BYTES, buffer.byteSize() - at)),
                Access.LOCAL_WRITE).close();
        }
    }

    private static int sample(final Probe probe, final RequestSource requests, final int before) throws IOException {
        final RequestBatch batch = new RequestBatch();
        int done = before;
        try (RequestSource.Reader reader = requests.open()) {
            while (done < WARM_UP + SAMPLES && reader.read(batch)) {
                for (int i = 0; i < batch.size(); i++, done++) {
                    probe.request(batch.offset(i), batch.length(i), done >= WARM_UP);
                }
            }
        }
        return done;
    }

    /** A lease of what is registered, and its end. */
    private static double hit(final ProtectionDomain domain, final MemorySegment buffer) {
        final int regions = 256;
        final CacheLimits limits = CacheLimits.ofPages(4L * regions);
        long best = Long.MAX_VALUE;
        try (RegistrationCache cache = new RegistrationCache(domain, Policies.find("lru",
            CostMeasurement.class.getClassLoader()).apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits,
            Access.LOCAL_WRITE)) {
            for (int round = 0; round < 5; round++) {
                final long begin = System.nanoTime();
                for (int i = 0; i < HITS; i++) {
                    cache.lease(buffer, (long) (i * 37 % regions) * 2 * CostModel.PAGE_BYTES, CostModel.PAGE_BYTES)
                        .close();
                }
                best = Math.min(best, System.nanoTime() - begin);
            }
            if (cache.statistics().evictions() > 0) {
                throw new RnicException(RnicError.LOCKED_MEMORY_LIMIT, "cannot keep " + regions
                    + " pages locked, to hit them; raise the limit (ulimit -l)");
            }
        }
        return (double) best / HITS;
    }
}
