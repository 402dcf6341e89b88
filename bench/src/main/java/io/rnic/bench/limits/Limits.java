package io.rnic.bench.limits;

import io.rnic.bench.report.Measurement;
import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.emu.host.Crossing;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of this machine, as rows and remarks.
 *
 * @param rows  what was measured; a limit that does not exist here is missing and remarked upon
 * @param notes remarks for people, one line each
 */
public record Limits(List<Measurement> rows, List<String> notes) {
    private static final List<Integer> COPY_BYTES =
        List.of(64, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576);
    private static final int CROSSINGS = 256;
    private static final int FEW_PAGES = 1;
    private static final int MANY_PAGES = 256;
    private static final double NS_PER_SECOND = 1e9;

    /** In several pieces, for between them the partner is woken anew, and so comes to an idle core if there is one. */
    private static final int PIECES = 8;

    /** One share each: crossing, copies, cache line, a few pages, many pages. */
    private static final int SHARES = 4 + COPY_BYTES.size();

    /**
     * Measures them.
     *
     * @param partner    the second thread
     * @param durationNs how long in all
     */
    public static Limits measure(final Partner partner, final long durationNs) {
        final long shareNs = durationNs / SHARES;
        final List<Measurement> rows = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        crossing(shareNs, rows, notes);
        copies(shareNs, rows);
        cacheLine(partner, shareNs, rows, notes);
        pageLock(shareNs, rows, notes);
        return new Limits(List.copyOf(rows), List.copyOf(notes));
    }

    private static void crossing(final long shareNs, final List<Measurement> rows, final List<String> notes) {
        final Crossing crossing = Crossing.parse("null-syscall");
        if (!(crossing instanceof Crossing.NullSystemCall)) {
            notes.add("null system call: " + crossing.describe());
            return;
        }
        rows.add(time("null_syscall", 0, Batches.time(() -> cross(crossing), CROSSINGS, shareNs)));
    }

    private static void cross(final Crossing crossing) {
        for (int i = 0; i < CROSSINGS; i++) {
            crossing.cross();
        }
    }

    private static void copies(final long shareNs, final List<Measurement> rows) {
        try (MemoryCopy copy = new MemoryCopy(COPY_BYTES.getLast())) {
            for (final int bytes : COPY_BYTES) {
                final Samples samples = copy.time(bytes, shareNs);
                rows.add(Measurement.limit("memory_copy", bytes, Measurement.BYTES_PER_SECOND,
                    bytes * NS_PER_SECOND / samples.medianNs(), bytes * NS_PER_SECOND / samples.p99Ns(),
                    samples.count()));
            }
        }
    }

    private static void cacheLine(final Partner partner, final long shareNs, final List<Measurement> rows,
                                  final List<String> notes) {
        rows.add(time("cache_line", 0, cacheLine(partner, shareNs)));
        if (Runtime.getRuntime().availableProcessors() == 1) {
            notes.add("one core: a round trip of two threads is two context switches, not the way of a cache line");
        }
    }

    private static Samples cacheLine(final Partner partner, final long durationNs) {
        final CacheLine line = new CacheLine(partner, false);
        final Samples samples = new Samples();
        for (int piece = 0; piece < PIECES; piece++) {
            partner.beside(() -> {
                partner.ready();
                line.answer();
            }, () -> Batches.time(line::ask, CacheLine.BATCH, durationNs / PIECES, samples));
        }
        return samples;
    }

    private static void pageLock(final long shareNs, final List<Measurement> rows, final List<String> notes) {
        try (PageLock lock = new PageLock(MANY_PAGES)) {
            if (!lock.available()) {
                notes.add("mlock: not found on this system; memory is accounted");
                return;
            }
            final Samples few = lock.time(FEW_PAGES, shareNs);
            final Samples many = lock.time(MANY_PAGES, shareNs);
            final double perPageNs = perPage(few.medianNs(), many.medianNs());
            final double fixedNs = Math.max(0, few.medianNs() - perPageNs);
            // The slow end of each, with the other at its median: a difference of two slow ends would say nothing.
            rows.add(Measurement.limit("mlock_fixed", 0, Measurement.NS, fixedNs, Math.max(0, few.p99Ns() - perPageNs),
                few.count()));
            rows.add(Measurement.limit("mlock_page", 0, Measurement.NS, perPageNs,
                perPage(few.medianNs(), many.p99Ns()), many.count()));
        } catch (final RnicException e) {
            notes.add("mlock: refused, so memory is accounted: " + e.getMessage());
        }
    }

    /** The slope of the line through both. */
    private static double perPage(final double fewNs, final double manyNs) {
        return Math.max(0, (manyNs - fewNs) / (MANY_PAGES - FEW_PAGES));
    }

    private static Measurement time(final String test, final long bytes, final Samples samples) {
        return Measurement.limit(test, bytes, Measurement.NS, samples.medianNs(), samples.p99Ns(), samples.count());
    }
}
