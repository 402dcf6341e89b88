package io.rnic.bench.regcache.sim;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.RegionTable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Processes with a cache and memory of their own each, under one limit on what all of them lock. A cache that gets no
 * more gives up regions of its own and tries again; if it has none, the request is refused: it is counted, and costs
 * nothing here.
 *
 * <pre>
 *   request of a process -- its RegionTable -- charge: is it within the limit, and within its part? --+
 *                                ^                                                                     |
 *                                +-- evicts: its own, or (reclaim) who has most beyond its part -- no -+
 * </pre>
 */
final class SharedSimulation implements Simulation {
    private final Sharing sharing;
    private final Weights weights;
    private final CacheLimits limits;
    private final Supplier<Policy> policies;
    private final Map<Integer, Member> processes = new TreeMap<>();
    private final Tally whole = new Tally();
    private long usedPages;
    private long presentWeight;

    SharedSimulation(final Sharing sharing, final Weights weights, final CacheLimits limits,
        final Supplier<Policy> policies) {
        this.sharing = sharing;
        this.weights = weights;
        this.limits = limits;
        this.policies = policies;
    }

    @Override
    public void request(final long offset, final long length) {
        request(offset, length, 0);
    }

    @Override
    public void request(final long offset, final long length, final int process) {
        Member asking = processes.get(process);
        if (asking == null) {
            presentWeight += weights.of(process);
            asking = new Member(process);
            processes.put(process, asking);
        }
        asking.request(offset / CostModel.PAGE_BYTES, (offset + length - 1) / CostModel.PAGE_BYTES + 1);
    }

    private long partPages(final Member process) {
        final long all = sharing == Sharing.STATIC ? weights.total() : presentWeight;
        return (long) ((double) limits.pages() * weights.of(process.number) / all);
    }

    private boolean charge(final Member process, final long pages) {
        boolean fits = fits(process, pages);
        while (!fits && sharing == Sharing.RECLAIM && process.usedPages + pages <= partPages(process)) {
            final Member richest = richest(process);
            if (richest == null || !richest.table.evict()) {
                break;
            }
            fits = fits(process, pages);
        }
        return fits;
    }

    private boolean fits(final Member process, final long pages) {
        return pages <= limits.pages() - usedPages
            && (sharing == Sharing.FIRST_COME || sharing == Sharing.RECLAIM
            || pages <= partPages(process) - process.usedPages);
    }

    private @Nullable Member richest(final Member but) {
        return processes.values().stream().filter(each -> each != but && each.usedPages > partPages(each))
            .max(Comparator.comparingLong(each -> each.usedPages - partPages(each))).orElse(null);
    }

    @Override
    public Tally tally() {
        final Tally all = new Tally();
        processes.values().forEach(process -> all.add(process.tally));
        all.locked(whole.lockedPagesMax());
        return all;
    }

    @Override
    public List<Tally> processes() {
        return processes.values().stream().map(process -> process.tally).toList();
    }

    /** A process and its cache. */
    private final class Member implements RegionTable.Registrar {
        private final int number;
        private final RegionTable table;
        private final Tally tally = new Tally();
        private long usedPages;

        Member(final int number) {
            this.number = number;
            table = new RegionTable(policies.get(), limits, this, 0);
        }

        void request(final long first, final long end) {
            tally.request();
            final int region = table.find(first, end);
            if (region != RegionTable.NONE) {
                tally.hit();
                table.hit(region);
            } else if (table.add(first, end, 0, Long.MAX_VALUE) == RegionTable.NONE) {
                final long most = sharing == Sharing.STATIC ? partPages(this) : limits.pages();
                if (end - first > most) {
                    throw new LimitException(most * CostModel.PAGE_BYTES, (end - first) * CostModel.PAGE_BYTES);
                }
                tally.refuse();
            }
        }

        @Override
        public boolean register(final int region, final long from, final long to) {
            if (!charge(this, to - from)) {
                return false;
            }
            usedPages += to - from;
            SharedSimulation.this.usedPages += to - from;
            tally.registered(to - from);
            tally.locked(usedPages);
            whole.locked(SharedSimulation.this.usedPages);
            return true;
        }

        @Override
        public boolean deregister(final int region) {
            usedPages -= table.pages(region);
            SharedSimulation.this.usedPages -= table.pages(region);
            tally.deregistered(table.pages(region));
            return true;
        }

        @Override
        public boolean isIdle(final int region) {
            return true;
        }
    }
}
