package io.rnic.emu.memory;

import io.rnic.verbs.Access;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * The translation and protection table: STags to regions.
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

    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(MemoryEntry[].class);

    private final @Nullable MemoryEntry[] entries;
    private final int indexMask;
    private final int maxEntries;
    private final int pageSize;
    private final Dma dma;
    private final SecureRandom random = new SecureRandom();
    private int count;

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
        if (count == maxEntries) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "all " + maxEntries
                + " memory regions are in use; deregister one or raise maxMemoryRegions");
        }
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

    /** Revokes a region's STag and closes its window. */
    public synchronized void remove(final MemoryEntry entry) {
        ENTRY.setRelease(entries, (entry.stag() >>> 8) & indexMask, (MemoryEntry) null);
        entry.revoke();
        dma.close(entry);
        count--;
    }

    /** From now on the NIC holds the region's translations. */
    public void load(final MemoryEntry entry) {
        entry.onBoard(true);
    }

    /**
     * The region with that STag, null if there is none (any more). A plain look: an entry is immutable, and the NIC has
     * begun its work before by a fence ({@link io.rnic.emu.host.GracePeriod}). A kernel looks without one: what it
     * makes of the entry, a bus address, the NIC checks again.
     */
    public @Nullable MemoryEntry find(final int stag) {
        final int index = stag >>> 8;
        final MemoryEntry entry = index <= indexMask ? entries[index] : null;
        return entry != null && entry.stag() == stag ? entry : null;
    }

    /**
     * The four checks, in order: STag, domain, access, bounds.
     *
     * @param entry   what {@link #find} found
     * @param domain  the queue pair's
     * @param access  the bits of {@link Access} that are needed, 0 for local reading
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

    /** How many regions are registered. */
    public synchronized int count() {
        return count;
    }
}
