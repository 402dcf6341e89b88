package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import io.rnic.bench.run.ExperimentException;
import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.StagTable;
import io.rnic.verbs.Access;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * Finding and checking an STag: of a few, again and again, in a table of many entries and in one of a single entry; and
 * of any of the many, which waits for memory.
 */
final class StagScaling {
    /** What the check of one of a few STags may take beside a table with one, at most. */
    static final double GOAL = 1.5;

    private static final int PAGE_BYTES = 4096;
    private static final int DOMAIN = 1;
    private static final int ACCESS = Access.bits(Access.LOCAL_WRITE, Access.REMOTE_WRITE);
    private static final int FEW = 16;
    private static final int BATCH = 1024;
    private static final int BYTES = 32;

    private final Plan plan;
    private final Results results;
    private final BatchTimer timer = new BatchTimer();
    private int at;

    StagScaling(final Plan plan, final Results results) {
        this.plan = plan;
        this.results = results;
    }

    /** Fills the tables and measures. */
    void run() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE_BYTES, PAGE_BYTES);
            final int entries = plan.entries();
            final StagTable small = new StagTable(1, PAGE_BYTES, new Dma(1));
            final StagTable large = new StagTable(entries, PAGE_BYTES, new Dma(entries));
            final int[] same = new int[FEW];
            Arrays.fill(same, fill(small, memory, 1)[0]);
            final long startNs = System.nanoTime();
            final int[] all = fill(large, memory, entries);
            final double addNs = (double) (System.nanoTime() - startNs) / entries;
            measure(memory.address(), small, same, large, all);
            add("stag_add", entries, new Spread(addNs, addNs, addNs, 1), null);
        } catch (final OutOfMemoryError e) {
            throw tooManyEntries(plan.entries());
        }
    }

    /** What is said when the heap does not hold so many. */
    static ExperimentException tooManyEntries(final int entries) {
        return new ExperimentException("the heap is too small for " + entries + " entries of the STag table;"
            + " choose fewer with --entries, or raise it: RNIC_JAVA_OPTS=-Xmx2g");
    }

    /** Adds so many entries for the same memory; returns their STags. */
    static int[] fill(final StagTable table, final MemorySegment memory, final int count) {
        final int[] stags = new int[count];
        for (int i = 0; i < count; i++) {
            stags[i] = table.add(memory, DOMAIN, ACCESS, true).stag();
        }
        return stags;
    }

    private void measure(
        final long address, final StagTable small, final int[] same, final StagTable large, final int[] all) {
        final Random random = new Random(1);
        final int[] few = random.ints(FEW, 0, all.length).map(i -> all[i]).toArray();
        final int[] any = random.ints(BitUtil.findNextPositivePowerOfTwo(Math.max(all.length, FEW)), 0, all.length)
            .map(i -> all[i]).toArray();
        final List<Double> one = new ArrayList<>();
        final List<Double> hot = new ArrayList<>();
        final List<Double> cold = new ArrayList<>();
        time(small, same, address, plan.warmUpNs());
        time(large, few, address, plan.warmUpNs());
        for (int round = 0; round < plan.rounds(); round++) {
            one.add(time(small, same, address, plan.roundNs()));
            hot.add(time(large, few, address, plan.roundNs()));
            cold.add(time(large, any, address, plan.roundNs()));
        }
        add("stag_check", 1, Spread.of(one), null);
        add("stag_check", all.length, Spread.of(hot),
            Results.ratio("stag_check_" + all.length, hot, one, GOAL));
        add("stag_check_random", all.length, Spread.of(cold), null);
    }

    private double time(final StagTable table, final int[] stags, final long address, final long durationNs) {
        return timer.time(() -> checkBatch(table, stags, address), BATCH, durationNs);
    }

    private void checkBatch(final StagTable table, final int[] stags, final long address) {
        if (check(table, stags, at, address) != BATCH) {
            throw new ExperimentException("an STag of the table was not found, or its check failed");
        }
        at += BATCH;
    }

    private static int check(final StagTable table, final int[] stags, final int from, final long address) {
        final int mask = stags.length - 1;
        int allowed = 0;
        for (int i = 0; i < BATCH; i++) {
            final int stag = stags[(from + i) & mask];
            if (StagTable.check(table.find(stag), DOMAIN, ACCESS, address, BYTES) == AccessCheck.OK) {
                allowed++;
            }
        }
        return allowed;
    }

    private void add(final String test, final int count, final Spread spread, final @Nullable Ratio ratio) {
        results.add(new Figure(Figure.Part.STAGS, test, "", "", count, Figure.NS, spread, ratio));
    }
}
