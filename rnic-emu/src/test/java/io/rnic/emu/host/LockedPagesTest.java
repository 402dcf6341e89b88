package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LockedPagesTest {
    private static final int PAGES = 96;
    private static final int STEPS = 4_000;
    private static final int PAGE_SIZE = Libc.pageSize();

    private final LockedPages locked = new LockedPages(PAGE_SIZE);
    /** The model: how often each page is locked. */
    private final int[] counts = new int[PAGES];

    @Test
    void shouldAgreeWithACounterPerPage() throws IOException {
        assumeTrue(Libc.canLock(), "mlock not found");
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        final List<int[]> held = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            final long base = arena.allocate((long) PAGES * PAGE_SIZE, PAGE_SIZE).address() / PAGE_SIZE;
            final long kernelBefore = kernelLockedBytes();
            for (int step = 0; step < STEPS; step++) {
                // Towards the end more is unlocked than locked, so that the table runs empty again.
                if (held.isEmpty() || random.nextInt(STEPS) > step) {
                    lockSome(random, base, held);
                } else {
                    unlockSome(random, base, held);
                }
                assertThat(locked.lockedBytes()).as("seed %d, step %d", seed, step).isEqualTo(modelBytes());
                if (step % 8 == 0) {
                    assertKernelAgrees(kernelBefore, "seed " + seed + ", step " + step);
                }
            }
            while (!held.isEmpty()) {
                unlockSome(random, base, held);
            }
            assertThat(locked.lockedBytes()).as("seed %d, at the end", seed).isZero();
            assertKernelAgrees(kernelBefore, "seed " + seed + ", at the end");
        }
    }

    private void lockSome(final Random random, final long base, final List<int[]> held) {
        final int first = random.nextInt(PAGES);
        final int end = first + 1 + random.nextInt(Math.min(PAGES - first, 24));
        assertThat(locked.lock(base + first, base + end)).isZero();
        held.add(new int[] {first, end});
        for (int page = first; page < end; page++) {
            counts[page]++;
        }
    }

    private void unlockSome(final Random random, final long base, final List<int[]> held) {
        final int[] range = held.remove(random.nextInt(held.size()));
        locked.unlock(base + range[0], base + range[1]);
        for (int page = range[0]; page < range[1]; page++) {
            counts[page]--;
        }
    }

    private long modelBytes() {
        long pages = 0;
        for (final int count : counts) {
            pages += count > 0 ? 1 : 0;
        }
        return pages * PAGE_SIZE;
    }

    private void assertKernelAgrees(final long before, final String when) throws IOException {
        if (Libc.LINUX) {
            assertThat(kernelLockedBytes() - before).as("VmLck, %s", when).isEqualTo(modelBytes());
        }
    }

    /** What the kernel says this process has locked. */
    private static long kernelLockedBytes() throws IOException {
        if (!Libc.LINUX) {
            return 0;
        }
        for (final String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmLck:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("no VmLck in /proc/self/status");
    }

    @Test
    void shouldLockAPageOnceAndKeepItUntilItsLastUnlock() throws IOException {
        assumeTrue(Libc.canLock(), "mlock not found");
        try (Arena arena = Arena.ofShared()) {
            final long base = arena.allocate(8L * PAGE_SIZE, PAGE_SIZE).address() / PAGE_SIZE;
            assertThat(locked.lock(base, base + 4)).isZero();
            assertThat(locked.lock(base + 2, base + 8)).isZero();
            assertThat(locked.lockedBytes()).isEqualTo(8L * PAGE_SIZE);
            locked.unlock(base, base + 4);
            assertThat(locked.lockedBytes()).isEqualTo(6L * PAGE_SIZE);
            locked.unlock(base + 2, base + 8);
            assertThat(locked.lockedBytes()).isZero();
        }
    }

    @Test
    void shouldLeaveNothingLockedWhenTheSystemRefuses() throws IOException {
        assumeTrue(Libc.canLock(), "mlock not found");
        final long before = kernelLockedBytes();
        // The second page of the address space is never mapped.
        assertThat(locked.lock(1, 2)).isNotZero();
        assertThat(locked.lockedBytes()).isZero();
        assertThat(kernelLockedBytes()).isEqualTo(before);
    }
}
