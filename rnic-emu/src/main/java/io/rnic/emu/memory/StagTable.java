package io.rnic.emu.memory;

import io.rnic.verbs.Access;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * The translation and protection table: STags to regions, and to memory windows that are bound to parts of regions.
 *
 * <pre>
 *   STag   index 24 bits | key 8 bits
 * </pre>
 *
 * <p>Index and key are random: an STag is hard to guess and the used ones are sparse (RFC 5040 §8.1.1, RFC 5042
 * §6.2.2). Index 0 is never given out. The data path looks up without a lock; {@link #remove} revokes at once, and what
 * found the entry before is waited for by the caller's grace period.
 */
public final class StagTable {
    /** The longest region: what a DMA window spans, less the pages at its ends. */
    public static final long MAX_REGION_BYTES = Dma.WINDOW_BYTES - (1 << 20);

    /** What needs LOCAL_WRITE of the region too. */
    private static final int CHANGING = Access.bits(Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);
    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(MemoryEntry[].class);

    private final @Nullable MemoryEntry[] entries;
    private final int indexMask;
    private final int maxEntries;
    private final int pageSize;
    private final Dma dma;
    private final SecureRandom random = new SecureRandom();
    private int count;
    private int windows;

    /**
     * Creates an empty table.
     *
     * @param maxEntries regions at most, up to 2^22; the table has at least twice as many places
     * @param pageSize   of the host
     * @param dma        the bus on which the regions get their windows
     */
    public StagTable(final int maxEntries, final int pageSize, final Dma dma) {
        this.entries = new MemoryEntry[BitUtil.findNextPositivePowerOfTwo(maxEntries) * 2];
        this.indexMask = entries.length - 1;
        this.maxEntries = maxEntries;
        this.pageSize = pageSize;
        this.dma = dma;
    }

    /**
     * Gives memory an STag and translations.
     *
     * @param domain  the protection domain's number
     * @param access  bits of {@link Access}
     * @param onBoard whether the NIC holds it, or only its host
     * @throws RnicException DEVICE_LIMIT when the table is full, or the heap too small for the translations
     */
    public synchronized MemoryEntry add(
        final MemorySegment segment, final int domain, final int access, final boolean onBoard) {
        checkRoom();
        final long[] pages = allocate(pages(segment.address(), segment.byteSize(), pageSize));
        final int window = dma.take();
        for (int i = 0; i < pages.length; i++) {
            pages[i] = Dma.begin(window) + (long) i * pageSize;
        }
        final int bits = random.nextInt(); // one draw: the low 24 bits for the index, the high 8 for the key
        final int index = freeIndex(bits);
        final int stag = (index << 8) | (bits >>> 24);
        final MemoryEntry entry =
            new MemoryEntry(stag, domain, access, window, segment, pages, Integer.numberOfTrailingZeros(pageSize));
        entry.onBoard(onBoard);
        dma.open(entry);
        ENTRY.setRelease(entries, index, entry);
        count++;
        return entry;
    }

    private void checkRoom() {
        if (count + windows == maxEntries) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "all " + maxEntries
                + " memory regions are in use, windows counted; deregister one or raise maxMemoryRegions");
        }
    }

    private int freeIndex(final int from) {
        int index = from & indexMask;
        while (index == 0 || entries[index] != null) {
            index = (index + 1) & indexMask;
        }
        return index;
    }

    private static long[] allocate(final long pages) {
        try {
            return new long[Math.toIntExact(pages)];
        } catch (final OutOfMemoryError e) {
            throw new RnicException(RnicError.DEVICE_LIMIT,
                "no memory for " + pages + " page translations; register less, or raise the heap (-Xmx)");
        }
    }

    /** How many translations a region needs. */
    public static long pages(final long address, final long length, final int pageSize) {
        return ((address & (pageSize - 1)) + length + pageSize - 1) / pageSize;
    }

    /**
     * Revokes a region's STag and closes its window on the bus.
     *
     * @throws RnicException BUSY while memory windows are bound to it
     */
    public synchronized void remove(final MemoryEntry entry) {
        checkUnbound(entry);
        ENTRY.setRelease(entries, entry.stag() >>> 8, (MemoryEntry) null);
        entry.revoke();
        dma.close(entry);
        count--;
    }

    /**
     * The same, also while memory windows are bound to it: they lead to nothing from now on.
     *
     * @return what the windows were bound by
     */
    public synchronized List<MemoryEntry> removeByForce(final MemoryEntry entry) {
        final List<MemoryEntry> bindings = new ArrayList<>();
        for (int i = 0; i < entries.length && entry.windows() != 0; i++) {
            final MemoryEntry window = entries[i];
            if (window != null && window.isBoundTo(entry)) {
                bind(window, new MemoryEntry(window.stag(), window.domain()));
                bindings.add(window);
            }
        }
        remove(entry);
        return bindings;
    }

    private static void checkUnbound(final MemoryEntry entry) {
        if (entry.windows() != 0) {
            throw new RnicException(RnicError.BUSY, "memory region stag=0x" + Integer.toHexString(entry.stag())
                + " is in use by " + entry.windows() + " memory window" + (entry.windows() == 1 ? "" : "s")
                + " bound to it; invalidate or close " + (entry.windows() == 1 ? "it" : "them") + " first");
        }
    }

    /**
     * Lets a region, also one whose STag was invalidated, allow something else; the old entry is revoked.
     *
     * @return the new entry
     * @throws RnicException BUSY while memory windows are bound to it
     */
    public synchronized MemoryEntry replace(final MemoryEntry entry, final int access) {
        checkUnbound(entry);
        final MemoryEntry fresh = entry.withAccess(access);
        ENTRY.setRelease(entries, entry.stag() >>> 8, fresh);
        dma.open(fresh);
        entry.revoke();
        return fresh;
    }

    /**
     * Makes an STag invalid; that it is so already is no error. What found it before is waited for by the caller. A
     * region keeps its STag while memory windows are bound to it, so a window never leads to a region that is invalid.
     *
     * @param domain   the queue pair's
     * @param remotely whether the peer asks for it
     * @return INVALID_STAG if nobody has it, OTHER_DOMAIN, NO_ACCESS if the peer may not, HAS_WINDOWS, or OK
     */
    public synchronized AccessCheck invalidate(final int stag, final int domain, final boolean remotely) {
        final MemoryEntry entry = at(stag);
        if (entry == null || entry.stag() != stag) {
            return AccessCheck.INVALID_STAG;
        }
        if (entry.domain() != domain) {
            return AccessCheck.OTHER_DOMAIN;
        }
        if (remotely && !entry.isRemotelyInvalidated()) {
            return AccessCheck.NO_ACCESS;
        }
        if (entry.windows() != 0) {
            return AccessCheck.HAS_WINDOWS;
        }
        entry.revoke();
        return AccessCheck.OK;
    }

    /**
     * Gives a memory window an STag, bound to nothing.
     *
     * @return the STag: its index is the window's for good
     * @throws RnicException DEVICE_LIMIT when the table is full
     */
    public synchronized int addWindow(final int domain) {
        checkRoom();
        final int bits = random.nextInt();
        final int index = freeIndex(bits);
        final int stag = (index << 8) | (bits >>> 24);
        ENTRY.setRelease(entries, index, new MemoryEntry(stag, domain));
        windows++;
        return stag;
    }

    /** Takes a window's STag away; returns its last entry. */
    public synchronized @Nullable MemoryEntry removeWindow(final int anyStag) {
        final MemoryEntry entry = at(anyStag);
        if (entry != null && entry.isWindow()) {
            ENTRY.setRelease(entries, anyStag >>> 8, (MemoryEntry) null);
            entry.revoke();
            windows--;
        }
        return entry;
    }

    /** The STag of a window's last binding; {@code anyStag} is one that it had before. */
    public synchronized int windowStag(final int anyStag) {
        final MemoryEntry entry = at(anyStag);
        return entry == null ? anyStag : entry.stag();
    }

    /**
     * Binds a window to a part of a region, or, of length 0, to nothing; what it was bound to before is revoked, and
     * waited for by the caller.
     *
     * <p>INVALID_STAG for the key that the window has already: who was told it would reach what it is bound to now.
     *
     * @param stag      the window's index with its new key
     * @param domain    the queue pair's
     * @param regionKey the region's STag
     * @param address   the part's first byte
     * @param length    its bytes, from 0
     * @param access    what the window allows: bits of {@link Access}
     */
    public synchronized AccessCheck bind(final int stag, final int domain, final int regionKey, final long address,
        final long length, final int access) {
        final MemoryEntry window = at(stag);
        final AccessCheck found = window == null || !window.isWindow() || window.stag() == stag
            ? AccessCheck.INVALID_STAG
            : window.domain() != domain ? AccessCheck.OTHER_DOMAIN : AccessCheck.OK;
        if (found != AccessCheck.OK || window == null || length == 0) {
            return found == AccessCheck.OK && window != null ? bind(window, new MemoryEntry(stag, domain)) : found;
        }
        final MemoryEntry region = find(regionKey);
        final AccessCheck allowed = checkBinding(region, domain, access, address, length);
        if (allowed != AccessCheck.OK || region == null) {
            return allowed;
        }
        return bind(window, new MemoryEntry(
            stag, domain, access, region, region.segment().asSlice(address - region.address(), length)));
    }

    private AccessCheck bind(final MemoryEntry window, final MemoryEntry fresh) {
        ENTRY.setRelease(entries, fresh.stag() >>> 8, fresh);
        window.revoke();
        return AccessCheck.OK;
    }

    /** What a region must allow for a window with that access: bits of {@link Access}. */
    public static int neededToBind(final int access) {
        return Access.MW_BIND.bit() | ((access & CHANGING) == 0 ? 0 : Access.LOCAL_WRITE.bit());
    }

    private static AccessCheck checkBinding(final @Nullable MemoryEntry region, final int domain, final int access,
        final long address, final long length) {
        if (region == null || region.isWindow()) {
            return AccessCheck.INVALID_STAG;
        }
        if (region.domain() != domain) {
            return AccessCheck.OTHER_DOMAIN;
        }
        if (!region.allows(neededToBind(access))) {
            return AccessCheck.NO_ACCESS;
        }
        if (Long.compareUnsigned(address + length - 1, address) < 0) {
            return AccessCheck.WRAP;
        }
        final long offset = address - region.address();
        return offset >= 0 && length <= region.length() && offset <= region.length() - length ? AccessCheck.OK
            : AccessCheck.OUT_OF_BOUNDS;
    }

    /** What is at an STag's index, whatever its key. */
    private @Nullable MemoryEntry at(final int stag) {
        final int index = stag >>> 8;
        return index <= indexMask ? entries[index] : null;
    }

    /** What has that STag, valid or not, for a diagnosis; null if nothing has. */
    public synchronized @Nullable MemoryEntry named(final int stag) {
        final MemoryEntry entry = at(stag);
        return entry != null && entry.stag() == stag ? entry : null;
    }

    /** From now on the NIC holds the region's translations. */
    public void load(final MemoryEntry entry) {
        entry.onBoard(true);
    }

    /**
     * The region or window with that STag, null if there is none (any more). A plain look: an entry does not change but
     * for its end, and the NIC has begun its work before by a fence ({@link io.rnic.emu.host.GracePeriod}). A kernel
     * looks without one: what it makes of the entry, a bus address, the NIC checks again.
     */
    public @Nullable MemoryEntry find(final int stag) {
        final int index = stag >>> 8;
        final MemoryEntry entry = index <= indexMask ? entries[index] : null;
        return entry != null && entry.isNamed(stag) ? entry : null;
    }

    /**
     * The four checks, in order: STag, domain, access, bounds.
     *
     * @param entry   what {@link #find} found
     * @param domain  the queue pair's
     * @param access  the bits of {@link Access} that are needed; {@link MemoryEntry#LOCAL_READ} to read locally
     * @param address the first byte
     * @param length  bytes, from 0
     */
    public static AccessCheck check(
        final @Nullable MemoryEntry entry, final int domain, final int access, final long address, final int length) {
        if (entry == null) {
            return AccessCheck.INVALID_STAG;
        }
        if (entry.domain() != domain) {
            return AccessCheck.OTHER_DOMAIN;
        }
        if (!entry.allows(access)) {
            return AccessCheck.NO_ACCESS;
        }
        if (length > 0 && Long.compareUnsigned(address + length - 1, address) < 0) {
            return AccessCheck.WRAP;
        }
        return entry.holds(address - entry.address(), length) ? AccessCheck.OK : AccessCheck.OUT_OF_BOUNDS;
    }

    /** How many memory windows there are. */
    public synchronized int windows() {
        return windows;
    }

    /** How many regions are registered. */
    public synchronized int count() {
        return count;
    }
}
