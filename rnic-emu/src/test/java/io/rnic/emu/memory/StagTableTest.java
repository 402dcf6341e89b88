package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StagTableTest {
    private static final int PAGE = 4096;
    private static final int WRITE = Access.bits(Access.LOCAL_WRITE, Access.REMOTE_WRITE);
    private static final int BINDABLE = WRITE | Access.MW_BIND.bit();
    private static final long HIGH = 0xFFFF_FFFF_FFFF_0000L;

    private final Arena arena = Arena.ofShared();
    private final Dma dma = new Dma(1 << 12);
    private final StagTable table = new StagTable(1 << 10, PAGE, dma);
    private final MemorySegment memory = arena.allocate(3L * PAGE, PAGE);

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static AccessCheck check(final MemoryEntry entry, final long address, final int length) {
        return StagTable.check(entry, 7, 0, address, length);
    }

    private static MemoryEntry entryAt(final long address, final long length) {
        return entryAt(address, length, WRITE);
    }

    private static MemoryEntry entryAt(final long address, final long length, final int access) {
        return new MemoryEntry(
            1, 7, access, 1, MemorySegment.ofAddress(address).reinterpret(length), new long[0], 12);
    }

    @Test
    void shouldCheckStagThenDomainThenAccessThenWrapThenBounds() {
        final MemoryEntry entry = entryAt(0x1000, 0x100);
        final int read = Access.REMOTE_READ.bit();
        assertThat(StagTable.check(null, 8, read, -1, 2)).isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(StagTable.check(entry, 8, read, -1, 2)).isEqualTo(AccessCheck.OTHER_DOMAIN);
        assertThat(StagTable.check(entry, 7, read, -1, 2)).isEqualTo(AccessCheck.NO_ACCESS);
        assertThat(StagTable.check(entry, 7, WRITE, -1, 2)).isEqualTo(AccessCheck.WRAP);
        assertThat(StagTable.check(entry, 7, WRITE, -1, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(StagTable.check(entry, 7, WRITE, 0x1000, 1)).isEqualTo(AccessCheck.OK);
    }

    @Test
    void shouldNeedAllOfTheAccessBitsAskedFor() {
        final MemoryEntry entry = entryAt(0x1000, 0x100, Access.LOCAL_WRITE.bit());
        assertThat(StagTable.check(entry, 7, WRITE, 0x1000, 1)).isEqualTo(AccessCheck.NO_ACCESS);
        assertThat(StagTable.check(entry, 7, Access.LOCAL_WRITE.bit(), 0x1000, 1)).isEqualTo(AccessCheck.OK);
    }

    @Test
    void shouldAllowTheLastByteAndNotTheOneBeyond() {
        final MemoryEntry entry = entryAt(0x1000, 0x100);
        assertThat(check(entry, 0x1000, 0x100)).isEqualTo(AccessCheck.OK);
        assertThat(check(entry, 0x10FF, 1)).isEqualTo(AccessCheck.OK);
        assertThat(check(entry, 0x1000, 0x101)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x1100, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x10FF, 2)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x0FFF, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x0FFF, 2)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x1001, Integer.MAX_VALUE)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
    }

    @Test
    void shouldAllowNothingAtBothEndsAndNowhereElse() {
        final MemoryEntry entry = entryAt(0x1000, 0x100);
        assertThat(check(entry, 0x1000, 0)).isEqualTo(AccessCheck.OK);
        assertThat(check(entry, 0x1100, 0)).isEqualTo(AccessCheck.OK);
        assertThat(check(entry, 0x0FFF, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0x1101, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(entry, 0, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
    }

    @Test
    void shouldTakeAddressesAsUnsigned() {
        final MemoryEntry high = entryAt(HIGH, 0x1_0000);
        assertThat(check(high, HIGH, 0x1_0000)).isEqualTo(AccessCheck.OK);
        assertThat(check(high, -1, 1)).isEqualTo(AccessCheck.OK);
        assertThat(check(high, -1, 2)).isEqualTo(AccessCheck.WRAP);
        assertThat(check(high, HIGH, 0x1_0001)).isEqualTo(AccessCheck.WRAP);
        assertThat(check(high, HIGH - 1, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(high, 0, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);

        final MemoryEntry middle = entryAt(Long.MAX_VALUE - 0xF, 0x20);
        assertThat(check(middle, Long.MAX_VALUE - 0xF, 0x20)).isEqualTo(AccessCheck.OK);
        assertThat(check(middle, Long.MIN_VALUE, 0x10)).isEqualTo(AccessCheck.OK);
        assertThat(check(middle, Long.MIN_VALUE, 0x11)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);

        final MemoryEntry low = entryAt(0x1000, 0x100);
        assertThat(check(low, Long.MIN_VALUE + 0x1000, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(check(low, -0x1000, 1)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
    }

    @Test
    void shouldFindWhatWasAddedUntilItIsRemoved() {
        final MemoryEntry entry = table.add(memory, 7, WRITE, true);
        assertThat(table.find(entry.stag())).isSameAs(entry);
        assertThat(table.find(entry.stag() ^ 1)).as("another key").isNull();
        assertThat(table.count()).isEqualTo(1);
        table.remove(entry);
        assertThat(table.find(entry.stag())).isNull();
        assertThat(dma.find(entry.bus(entry.address()))).isNull();
        assertThat(table.count()).isZero();
    }

    @Test
    void shouldKnowNoStagBeyondTheTable() {
        for (int index = 0; index < 1 << 24; index += 997) {
            assertThat(table.find(index << 8 | 0x55)).isNull();
        }
        assertThat(table.find(-1)).isNull();
        assertThat(table.find(0)).isNull();
    }

    @Test
    void shouldTranslateTheWholeOfAnUnalignedRegion() {
        final MemorySegment part = memory.asSlice(PAGE - 16L, PAGE + 32L);
        final MemoryEntry entry = table.add(part, 7, 0, false);
        assertThat(entry.pageCount()).isEqualTo(3);
        assertThat(StagTable.pages(part.address(), part.byteSize(), PAGE)).isEqualTo(3);
        for (long offset = 0; offset < part.byteSize(); offset++) {
            final long bus = entry.bus(part.address() + offset);
            assertThat(dma.find(bus)).isSameAs(entry);
            assertThat(entry.offsetOfBus(bus)).isEqualTo(offset);
        }
        assertThat(entry.onBoard()).isFalse();
        table.load(entry);
        assertThat(entry.onBoard()).isTrue();
    }

    @Test
    void shouldBindAWindowToAPartUnderItsNextKey() {
        final MemoryEntry region = table.add(memory, 7, BINDABLE, true);
        final int first = table.addWindow(7);
        final int next = MemoryWindow.nextKey(first);
        assertThat(table.find(first)).as("bound to nothing").isNull();
        assertThat(table.bind(next, 7, region.stag(), memory.address() + 8, 16, Access.REMOTE_READ.bit()))
            .isEqualTo(AccessCheck.OK);
        final MemoryEntry window = table.find(next);
        assertThat(table.windowStag(first)).isEqualTo(next);
        assertThat(StagTable.check(window, 7, Access.REMOTE_READ.bit(), memory.address() + 8, 16))
            .isEqualTo(AccessCheck.OK);
        assertThat(StagTable.check(window, 7, Access.REMOTE_READ.bit(), memory.address() + 8, 17))
            .isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(StagTable.check(window, 7, MemoryEntry.LOCAL_READ, memory.address() + 8, 1)).as("no local memory")
            .isEqualTo(AccessCheck.NO_ACCESS);
        assertThatThrownBy(() -> table.remove(region)).hasMessageContaining("1 memory window");
        assertThatThrownBy(() -> table.replace(region, 0)).hasMessageContaining("1 memory window");
        assertThat(table.invalidate(region.stag(), 7, false)).isEqualTo(AccessCheck.HAS_WINDOWS);
        assertThat(table.find(region.stag())).isSameAs(region);
        assertThat(table.bind(MemoryWindow.nextKey(next), 7, 0, 0, 0, 0)).as("to nothing").isEqualTo(AccessCheck.OK);
        assertThat(table.find(next)).isNull();
        assertThat(table.invalidate(region.stag(), 7, false)).isEqualTo(AccessCheck.OK);
        table.remove(region);
        table.removeWindow(first);
        assertThat(table.windows()).isZero();
    }

    @Test
    void shouldUnbindTheWindowsOfARegionThatIsRemovedByForce() {
        final MemoryEntry region = table.add(memory, 7, BINDABLE, true);
        final MemoryEntry other = table.add(memory, 7, BINDABLE, true);
        final int first = MemoryWindow.nextKey(table.addWindow(7));
        final int second = MemoryWindow.nextKey(table.addWindow(7));
        final int others = MemoryWindow.nextKey(table.addWindow(7));
        table.addWindow(7);
        for (final int window : new int[] {first, second}) {
            assertThat(table.bind(window, 7, region.stag(), memory.address(), 8, 0)).isEqualTo(AccessCheck.OK);
        }
        assertThat(table.bind(others, 7, other.stag(), memory.address(), 8, 0)).isEqualTo(AccessCheck.OK);

        assertThat(table.removeByForce(region)).extracting(MemoryEntry::stag).containsExactlyInAnyOrder(first, second);
        assertThat(table.find(region.stag())).isNull();
        assertThat(table.find(first)).isNull();
        assertThat(table.find(second)).isNull();
        assertThat(table.find(others)).isNotNull();
        assertThat(table.windowStag(first)).as("still the window's").isEqualTo(first);
        final int next = MemoryWindow.nextKey(first);
        assertThat(table.bind(next, 7, other.stag(), memory.address(), 8, 0)).isEqualTo(AccessCheck.OK);
        assertThat(other.windows()).isEqualTo(2);
    }

    @Test
    void shouldRefuseABindingThatTheRegionDoesNotAllow() {
        final MemoryEntry region = table.add(memory, 7, Access.MW_BIND.bit(), true);
        final MemoryEntry closed = table.add(memory, 7, Access.LOCAL_WRITE.bit(), true);
        final int first = table.addWindow(7);
        final int window = MemoryWindow.nextKey(first);
        final int key = region.stag();
        final long at = memory.address();
        final int write = Access.REMOTE_WRITE.bit();
        assertThat(table.bind(window, 7, key, at, 8, write)).isEqualTo(AccessCheck.NO_ACCESS);
        assertThat(table.bind(window, 7, closed.stag(), at, 8, 0)).isEqualTo(AccessCheck.NO_ACCESS);
        assertThat(table.bind(window, 8, key, at, 8, 0)).isEqualTo(AccessCheck.OTHER_DOMAIN);
        assertThat(table.bind(key, 7, key, at, 8, 0)).as("no window").isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(table.bind(window, 7, window, at, 8, 0)).as("no region").isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(table.bind(window, 7, key, at - 1, 8, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(table.bind(window, 7, key, at, memory.byteSize() + 1, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(table.bind(window, 7, key, at, Long.MAX_VALUE, 0)).isEqualTo(AccessCheck.OUT_OF_BOUNDS);
        assertThat(table.bind(window, 7, key, -8, 16, 0)).isEqualTo(AccessCheck.WRAP);
        assertThat(table.bind(first, 7, key, at, 8, 0)).as("the key it has").isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(table.bind(first, 7, 0, 0, 0, 0)).as("the key it has").isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(region.windows()).isZero();
    }

    @Test
    void shouldMakeAnStagInvalidUntilItIsReplaced() {
        final MemoryEntry region = table.add(memory, 7, WRITE, true);
        final int stag = region.stag();
        assertThat(table.invalidate(stag, 8, false)).isEqualTo(AccessCheck.OTHER_DOMAIN);
        assertThat(table.invalidate(stag ^ 1, 7, false)).isEqualTo(AccessCheck.INVALID_STAG);
        assertThat(table.find(stag)).isSameAs(region);
        assertThat(table.invalidate(stag, 7, true)).isEqualTo(AccessCheck.OK);
        assertThat(table.invalidate(stag, 7, true)).as("invalid already").isEqualTo(AccessCheck.OK);
        assertThat(table.find(stag)).isNull();
        assertThat(dma.find(region.bus(memory.address()))).as("by its bus address").isNull();
        final MemoryEntry again = table.replace(region, 0);
        assertThat(table.find(stag)).isSameAs(again);
        assertThat(dma.find(region.bus(memory.address()))).isSameAs(again);
        assertThat(again.allows(Access.REMOTE_WRITE.bit())).isFalse();
        assertThat(table.invalidate(stag, 7, true)).as("for local use alone").isEqualTo(AccessCheck.NO_ACCESS);
        assertThat(table.invalidate(stag, 7, false)).isEqualTo(AccessCheck.OK);
        table.remove(again);
        assertThat(table.count()).isZero();
    }

    @Test
    void shouldRefuseOneMoreThanItHoldsAndTakeItAfterARemoval() {
        final StagTable small = new StagTable(3, PAGE, new Dma(3));
        final List<MemoryEntry> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(small.add(memory, 7, 0, true));
        }
        assertThatThrownBy(() -> small.add(memory, 7, 0, true))
            .isInstanceOf(RnicException.class)
            .hasMessageContaining("all 3 memory regions are in use")
            .hasMessageContaining("raise maxMemoryRegions")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.DEVICE_LIMIT);
        small.remove(all.removeFirst());
        final MemoryEntry again = small.add(memory, 7, 0, true);
        assertThat(small.find(again.stag())).isSameAs(again);
        all.forEach(entry -> assertThat(small.find(entry.stag())).isSameAs(entry));
    }

    @Test
    void shouldGiveStagsThatAreSparseAndNeverTheSame() {
        final Set<Integer> stags = new HashSet<>();
        final Set<Integer> keys = new HashSet<>();
        int neighbours = 0;
        int last = 0;
        for (int i = 0; i < 1 << 10; i++) {
            final int stag = table.add(memory, 7, 0, true).stag();
            assertThat(stag >>> 8).as("index 0 stands for nothing").isPositive();
            assertThat(stags.add(stag)).isTrue();
            keys.add(stag & 0xFF);
            neighbours += Math.abs((stag >>> 8) - (last >>> 8)) == 1 ? 1 : 0;
            last = stag;
        }
        // With random places about one in a thousand is next to the one before; in sequence all would be.
        assertThat(neighbours).isLessThan(200);
        assertThat(keys).hasSizeGreaterThan(200);
    }
}
