package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import io.rnic.bench.run.Resources;
import io.rnic.emu.Device;
import io.rnic.emu.DeviceContext;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Registering and deregistering memory: by the number of its pages, and by how many regions there are already. */
final class RegionScaling {
    /** The time per page of the longest region beside that of the one before, at most. */
    static final double PAGES_GOAL = 1.5;
    /** The time for one page beside many regions, beside that in an empty table, at most. */
    static final double REGIONS_GOAL = 1.5;

    private static final int PAGE_BYTES = 4096;

    private final Plan plan;
    private final Results results;
    private final List<String> frontEnds;
    private final BatchTimer timer = new BatchTimer();

    RegionScaling(final Plan plan, final Results results, final List<String> frontEnds) {
        this.plan = plan;
        this.results = results;
        this.frontEnds = frontEnds;
    }

    /** Regions of all page counts, counted and, so far as the system lets them be, locked. */
    void runPages() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate((long) plan.pages().getLast() * PAGE_BYTES, PAGE_BYTES);
            for (final String pinning : List.of("accounted", "locked")) {
                for (final String frontEnd : frontEnds) {
                    pages(frontEnd, pinning, memory);
                }
            }
        }
    }

    private void pages(final String frontEnd, final String pinning, final MemorySegment memory) {
        try (Resources resources = new Resources()) {
            final ProtectionDomain domain = open(resources, frontEnd, "pages-" + pinning, pinning, 64);
            final List<Integer> counts = allowed(domain, memory, pinning, frontEnd);
            final List<List<Double>> rounds = counts.stream().map(pages -> (List<Double>) new ArrayList<Double>())
                .toList();
            for (int round = -1; round < plan.rounds(); round++) {
                for (int i = 0; i < counts.size(); i++) {
                    final MemorySegment region = memory.asSlice(0, (long) counts.get(i) * PAGE_BYTES);
                    final double ns = time(domain, region, round < 0 ? plan.warmUpNs() : plan.roundNs());
                    if (round >= 0) {
                        rounds.get(i).add(ns / counts.get(i));
                    }
                }
            }
            final String test = "register_" + pinning;
            for (int i = 0; i < counts.size(); i++) {
                final boolean last = i > 0 && i == counts.size() - 1;
                add(test, frontEnd, counts.get(i), Figure.NS_PER_PAGE, Spread.of(rounds.get(i)), last
                    ? Results.ratio(test + "_" + counts.get(i) + "_pages_" + frontEnd, rounds.get(i),
                        rounds.get(i - 1), PAGES_GOAL) : null);
            }
        }
    }

    /** The page counts that the system lets this process lock. */
    private List<Integer> allowed(
        final ProtectionDomain domain, final MemorySegment memory, final String pinning, final String frontEnd) {
        final List<Integer> allowed = new ArrayList<>();
        for (final int pages : plan.pages()) {
            try {
                domain.registerMemory(memory.asSlice(0, (long) pages * PAGE_BYTES), Access.LOCAL_WRITE).close();
                allowed.add(pages);
            } catch (final RnicException e) {
                if (e.error() != RnicError.LOCKED_MEMORY_LIMIT) {
                    throw e;
                }
                results.note("register_" + pinning + ", " + frontEnd + ": not with " + pages
                    + " pages or more, the limit on locked memory (ulimit -l) is too small");
                return allowed;
            }
        }
        return allowed;
    }

    /** A region of one page: in an otherwise empty table, and beside as many entries as the plan says. */
    void runRegions() {
        final int entries = plan.entries();
        try (Arena arena = Arena.ofShared(); Resources resources = new Resources()) {
            final MemorySegment page = arena.allocate(PAGE_BYTES, PAGE_BYTES);
            final List<ProtectionDomain> few = openAll(resources, "few", entries);
            final List<ProtectionDomain> many = openAll(resources, "many", entries);
            final DeviceContext kernel = resources.add(closeable(options("many", "accounted", entries + 64)))
                .context();
            StagScaling.fill(kernel.device().stags(), page, entries);
            for (int i = 0; i < frontEnds.size(); i++) {
                regions(frontEnds.get(i), few.get(i), many.get(i), page);
            }
        } catch (final OutOfMemoryError e) {
            throw StagScaling.tooManyEntries(entries);
        }
    }

    private void regions(final String frontEnd, final ProtectionDomain few, final ProtectionDomain many,
        final MemorySegment page) {
        final List<Double> one = new ArrayList<>();
        final List<Double> beside = new ArrayList<>();
        time(few, page, plan.warmUpNs());
        time(many, page, plan.warmUpNs());
        for (int round = 0; round < plan.rounds(); round++) {
            one.add(time(few, page, plan.roundNs()));
            beside.add(time(many, page, plan.roundNs()));
        }
        final String test = "register_page_beside";
        add(test, frontEnd, 1, Figure.NS, Spread.of(one), null);
        add(test, frontEnd, plan.entries(), Figure.NS, Spread.of(beside),
            Results.ratio(test + "_" + plan.entries() + "_" + frontEnd, beside, one, REGIONS_GOAL));
    }

    private List<ProtectionDomain> openAll(final Resources resources, final String device, final int entries) {
        return frontEnds.stream().map(name -> open(resources, name, device, "accounted", entries + 64)).toList();
    }

    @SuppressWarnings("MustBeClosedChecker") // the resources close it
    private static ProtectionDomain open(final Resources resources, final String frontEnd, final String device,
        final String pinning, final int maxRegions) {
        final Rnic rnic = resources.add(Rnic.open(options(device, pinning, maxRegions).withFrontEnd(frontEnd)));
        return resources.add(rnic.allocateProtectionDomain());
    }

    private static RnicOptions options(final String device, final String pinning, final int maxRegions) {
        return RnicOptions.defaults().with("device", "scale-" + device).with("pinning", pinning)
            .with("maxMemoryRegions", Integer.toString(maxRegions)).with("onBoardMemory", "unlimited");
    }

    /** The device as its kernel has it open, to fill its table without a million registrations' bookkeeping. */
    private record OpenContext(DeviceContext context) implements AutoCloseable {
        @Override
        public void close() {
            context.close();
        }
    }

    private static OpenContext closeable(final RnicOptions options) {
        return new OpenContext(new DeviceContext(Device.open(options.effective(), Set.of()), true));
    }

    private double time(final ProtectionDomain domain, final MemorySegment memory, final long durationNs) {
        return timer.time(() -> domain.registerMemory(memory, Access.LOCAL_WRITE).close(), 1, durationNs);
    }

    private void add(final String test, final String frontEnd, final int count, final String unit,
        final Spread spread, final @Nullable Ratio ratio) {
        results.add(new Figure(Figure.Part.REGIONS, test, frontEnd, "", count, unit, spread, ratio));
    }
}
