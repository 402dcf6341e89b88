package io.rnic.emu.memory;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * The bus between the NIC and host memory: each registered region is a window of bus addresses, as an IOMMU gives it.
 *
 * <pre>
 *   bus address   window number 24 bits | offset from the first page 40 bits
 * </pre>
 *
 * <p>A window's number has its slot in the low bits and a count above, so that an address of a closed window is not
 * taken for one of a newer window before its slot was used again 2^24 / slots times.
 */
public final class Dma {
    /** A copy was done. */
    public static final int OK = 0;
    /** The source's memory is gone. */
    public static final int SOURCE_FAULT = 1;
    /** The target's window or memory is gone. */
    public static final int TARGET_FAULT = 2;

    /** What a window spans. */
    static final long WINDOW_BYTES = 1L << 40;

    private static final int OFFSET_BITS = 40;
    private static final long OFFSET_MASK = WINDOW_BYTES - 1;
    private static final int NUMBER_MASK = (1 << 24) - 1;

    private final AtomicReferenceArray<@Nullable Window> windows;
    private final int slotMask;
    private int last;

    /**
     * A piece of host memory that the NIC can reach.
     *
     * @param number  the window's, never 0
     * @param segment the memory
     * @param skew    bytes between the beginning of its first page and its first byte
     * @param domain  the protection domain that it was opened for
     */
    public record Window(int number, MemorySegment segment, long skew, int domain) {
        /** Where in the segment a bus address lies. */
        public long offset(final long bus) {
            return (bus & OFFSET_MASK) - skew;
        }
    }

    /**
     * Creates a bus without windows.
     *
     * @param maxWindows windows at most, up to 2^22
     */
    public Dma(final int maxWindows) {
        windows = new AtomicReferenceArray<>(BitUtil.findNextPositivePowerOfTwo(maxWindows));
        slotMask = windows.length() - 1;
    }

    /**
     * Opens a window on memory of at most {@link StagTable#MAX_REGION_BYTES}; the bus address of the beginning of its
     * first page is returned.
     *
     * @throws RnicException DEVICE_LIMIT when all slots are in use
     */
    public synchronized long map(final MemorySegment segment, final int pageSize, final int domain) {
        final long skew = segment.address() & (pageSize - 1);
        for (int tries = 0; tries <= slotMask + 1; tries++) {
            last = (last + 1) & NUMBER_MASK;
            if (last != 0 && windows.get(last & slotMask) == null) {
                windows.setRelease(last & slotMask, new Window(last, segment, skew, domain));
                return (long) last << OFFSET_BITS;
            }
        }
        throw new RnicException(RnicError.DEVICE_LIMIT, "all " + (slotMask + 1) + " DMA windows are in use");
    }

    /** Closes the window that the address belongs to. */
    public synchronized void unmap(final long bus) {
        windows.setRelease((int) (bus >>> OFFSET_BITS) & slotMask, null);
    }

    /** The window of a bus address, null if there is none (any more). */
    public @Nullable Window window(final long bus) {
        final int number = (int) (bus >>> OFFSET_BITS);
        final Window window = windows.getAcquire(number & slotMask);
        return window != null && window.number == number ? window : null;
    }

    /**
     * Copies bytes to a bus address: the one copy of the data path. Faults are codes: the caller knows whose they are.
     */
    public int copy(final MemorySegment source, final long sourceOffset, final long targetBus, final int length) {
        final Window target = window(targetBus);
        if (target == null) {
            return TARGET_FAULT;
        }
        try {
            MemorySegment.copy(source, sourceOffset, target.segment, target.offset(targetBus), length);
            return OK;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            // A closed arena; the edge of a segment; a mapped file that was truncated.
            return target.segment.scope().isAlive() ? SOURCE_FAULT : TARGET_FAULT;
        }
    }
}
