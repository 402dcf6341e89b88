package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class PinnerTest {
    private static final int PAGE = Libc.pageSize();

    @Test
    void shouldPinWholePagesThatTheBytesTouch() {
        final Pinner pinner = new Pinner(Pinning.ACCOUNTED, Long.MAX_VALUE);
        assertThat(pinner.pin(10L * PAGE, 1).bytes()).isEqualTo(PAGE);
        assertThat(pinner.pin(10L * PAGE, PAGE).bytes()).isEqualTo(PAGE);
        assertThat(pinner.pin(10L * PAGE, PAGE + 1).bytes()).isEqualTo(2L * PAGE);
        assertThat(pinner.pin(11L * PAGE - 1, 2).bytes()).isEqualTo(2L * PAGE);
        assertThat(pinner.pinnedBytes()).isEqualTo(6L * PAGE);
    }

    @Test
    void shouldOnlyCountWhenAccounted() {
        final Pinner pinner = new Pinner(Pinning.ACCOUNTED, Long.MAX_VALUE);
        // Nothing is mapped there: mlock would refuse it.
        final Pinner.Pin pin = pinner.pin(PAGE, PAGE);
        assertThat(pin.locked()).isFalse();
        assertThat(pinner.accountedBytes()).isEqualTo(PAGE);
        assertThat(pinner.describe()).isEqualTo("accounted");
        pin.release();
        assertThat(pinner.pinnedBytes()).isZero();
        assertThat(pinner.accountedBytes()).isZero();
    }

    @Test
    void shouldRefuseWhatTheBudgetDoesNotHoldAndSayWhy() {
        final Pinner pinner = new Pinner(Pinning.ACCOUNTED, 4L * PAGE);
        final Pinner.Pin first = pinner.pin(0, 3L * PAGE);
        assertThatThrownBy(() -> pinner.pin(0, PAGE + 1L))
            .isInstanceOf(RnicException.class)
            .hasMessageContaining("cannot pin " + 2L * PAGE + " bytes")
            .hasMessageContaining("may pin " + 4L * PAGE + " bytes (lockedMemory)")
            .hasMessageContaining("has pinned " + 3L * PAGE)
            .hasMessageContaining("raise lockedMemory")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.LOCKED_MEMORY_LIMIT);
        assertThat(pinner.pinnedBytes()).isEqualTo(3L * PAGE);
        final Pinner.Pin last = pinner.pin(0, PAGE);
        first.release();
        last.release();
        assertThat(pinner.pin(0, 4L * PAGE).bytes()).isEqualTo(4L * PAGE);
    }

    @Test
    void shouldLockPagesAndUnlockThemOnRelease() {
        assumeTrue(Libc.canLock(), "mlock not found");
        final Pinner pinner = new Pinner(Pinning.LOCKED, Long.MAX_VALUE);
        final long before = LockedPages.PROCESS.lockedBytes();
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(4L * PAGE, PAGE);
            final Pinner.Pin pin = pinner.pin(memory.address(), 4L * PAGE);
            assertThat(pin.locked()).isTrue();
            assertThat(LockedPages.PROCESS.lockedBytes() - before).isEqualTo(4L * PAGE);
            assertThat(pinner.accountedBytes()).isZero();
            assertThat(pinner.describe()).isEqualTo("locked");
            pin.release();
            assertThat(LockedPages.PROCESS.lockedBytes()).isEqualTo(before);
            assertThat(pinner.pinnedBytes()).isZero();
        }
    }

    @Test
    void shouldNameLimitAndWayOutWhenTheSystemRefusesToLock() {
        assumeTrue(Libc.canLock(), "mlock not found");
        final Pinner pinner = new Pinner(Pinning.LOCKED, Long.MAX_VALUE);
        final long limit = Libc.lockedMemoryLimit();
        // The second page of the address space is never mapped.
        assertThatThrownBy(() -> pinner.pin(PAGE, PAGE))
            .isInstanceOf(RnicException.class)
            .hasMessageContaining("cannot lock " + PAGE + " bytes")
            .hasMessageContaining("may lock " + (limit == Long.MAX_VALUE ? "any number of" : limit)
                + " bytes (RLIMIT_MEMLOCK)")
            .hasMessageContaining("ulimit -l")
            .hasMessageContaining("pinning=accounted")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.LOCKED_MEMORY_LIMIT);
        assertThat(pinner.pinnedBytes()).isZero();
    }

    @Test
    void shouldCountWhatCannotBeLockedWhenPreferred() {
        assumeTrue(Libc.canLock(), "mlock not found");
        final Pinner pinner = new Pinner(Pinning.PREFERRED, Long.MAX_VALUE);
        try (Arena arena = Arena.ofShared()) {
            final Pinner.Pin locked = pinner.pin(arena.allocate(PAGE, PAGE).address(), PAGE);
            final Pinner.Pin counted = pinner.pin(PAGE, 2L * PAGE);
            assertThat(locked.locked()).isTrue();
            assertThat(counted.locked()).isFalse();
            assertThat(pinner.describe()).isEqualTo("locked " + PAGE + " bytes, accounted " + 2L * PAGE);
            counted.release();
            assertThat(pinner.accountedBytes()).isZero();
            assertThat(pinner.pinnedBytes()).isEqualTo(PAGE);
            locked.release();
            assertThat(pinner.describe()).isEqualTo("locked");
        }
    }

    @Test
    void shouldPinAtTheEndOfTheAddressSpace() {
        final Pinner pinner = new Pinner(Pinning.ACCOUNTED, Long.MAX_VALUE);
        assertThat(pinner.pin(-(long) PAGE, PAGE).bytes()).isEqualTo(PAGE);
        assertThat(pinner.pin(Long.MAX_VALUE, 2).bytes()).isEqualTo(2L * PAGE);
    }
}
