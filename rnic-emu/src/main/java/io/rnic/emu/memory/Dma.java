package io.rnic.emu.memory;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SegmentCopy;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.BitUtil;
import org.agrona.collections.IntArrayQueue;
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
    /** The target's memory is gone. */
    public static final int TARGET_FAULT = 2;

    /** What a window spans. */
    static final long WINDOW_BYTES = 1L << 40;

    private static final int SMALLEST_PAGE = 4096;
    private static final int OFFSET_BITS = 40;
    private static final long OFFSET_MASK = WINDOW_BYTES - 1;
    private static final int NUMBER_MASK = (1 << 24) - 1;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final AtomicReferenceArray<@Nullable MemoryEntry> windows;
    private final int slotMask;
    /** The numbers of closed windows, so that opening one looks for nothing however many are open. */
    private final IntArrayQueue closed = new IntArrayQueue();
    /** Slots that had a window at some time. */
    private int slotsUsed;

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
     * Takes the number of a closed window, for {@link #open}: of a slot that was never used, or else the next number of
     * the slot whose window is closed for longest.
     *
     * @throws RnicException DEVICE_LIMIT when all slots are in use
     */
    synchronized int take() {
        final int slots = slotMask + 1;
        if (slotsUsed < slots) {
            final int slot = slotsUsed++;
            return slot == 0 ? slots : slot;
        }
        if (closed.isEmpty()) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "all " + slots + " DMA windows are in use");
        }
        final int next = (closed.pollInt() + slots) & NUMBER_MASK;
        return next == 0 ? slots : next;
    }

    /**
     * Opens the window of a region, or lets it lead to another entry of the same region; of at most {@link
     * StagTable#MAX_REGION_BYTES}.
     */
    synchronized void open(final MemoryEntry entry) {
        windows.setRelease(entry.window() & slotMask, entry);
    }

    /** Closes the window of a region, if it is (still) open. */
    synchronized void close(final MemoryEntry entry) {
        if (windows.compareAndSet(entry.window() & slotMask, entry, null)) {
            closed.addInt(entry.window());
        }
    }

    /** The bus address of the beginning of a window: of its region's first page. */
    static long begin(final int window) {
        return (long) window << OFFSET_BITS;
    }

    static int window(final long bus) {
        return (int) (bus >>> OFFSET_BITS);
    }

    static long offset(final long bus) {
        return bus & OFFSET_MASK;
    }

    /** The region behind a bus address, null if there is none (any more). */
    public @Nullable MemoryEntry find(final long bus) {
        final MemoryEntry entry = windows.getAcquire(window(bus) & slotMask);
        return entry != null && entry.isBehind(bus) ? entry : null;
    }

    /**
     * Copies bytes into a region: how the NIC places what it does not leave in completions. Faults are codes:
     * the caller knows whose they are.
     */
    public static int copy(final MemorySegment source, final long sourceOffset, final MemoryEntry target,
        final long targetOffset, final int length) {
        final boolean interrupted = InterruptStatus.isSet();
        try {
            SegmentCopy.copy(source, sourceOffset, target.segment(), targetOffset, length);
            MemoryFaults.settle();
            return OK;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            // A closed arena; the edge of a segment; a mapped file that was truncated.
            InterruptStatus.restore(interrupted);
            return !target.isGone() && !isThere(source, sourceOffset, length) ? SOURCE_FAULT : TARGET_FAULT;
        }
    }

    /**
     * The same from a region into another, or the same one; both hold that many bytes at those offsets. A few bytes of
     * memory that lasts are copied by their addresses.
     */
    public static int copy(final MemoryEntry source, final long sourceOffset, final MemoryEntry target,
        final long targetOffset, final int length) {
        if (length <= Words.MAX_COPY_BYTES && source.isLasting() && target.isLasting()) {
            try {
                Words.copy(source.address() + sourceOffset, target.address() + targetOffset, length);
                return OK;
            } finally {
                Reference.reachabilityFence(source);
                Reference.reachabilityFence(target);
            }
        }
        return copy(source.segment(), sourceOffset, target, targetOffset, length);
    }

    /** Whether bytes can be read: looks at each page, to find out whose fault a fault was. */
    public static boolean isThere(final MemorySegment memory, final long offset, final long length) {
        final boolean interrupted = InterruptStatus.isSet();
        try {
            for (long at = 0; at < length; at += SMALLEST_PAGE) {
                memory.get(ValueLayout.JAVA_BYTE, offset + at);
            }
            if (length > 0) {
                memory.get(ValueLayout.JAVA_BYTE, offset + length - 1);
            }
            MemoryFaults.settle();
            return true;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return false;
        }
    }

    /**
     * Adds to, or compares and swaps, the 8 aligned bytes of a region, and puts what they were elsewhere: atomic
     * for all that the NIC and the host's processors do with them.
     */
    public static int atomic(final MemoryEntry source, final long sourceOffset, final boolean swaps,
        final long operand, final long comparand, final MemorySegment target, final long targetOffset) {
        final boolean interrupted = InterruptStatus.isSet();
        final long original;
        try {
            original = swaps ? (long) WORD.compareAndExchange(source.segment(), sourceOffset, comparand, operand)
                : (long) WORD.getAndAdd(source.segment(), sourceOffset, operand);
            MemoryFaults.settle();
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return SOURCE_FAULT;
        }
        try {
            target.set(ValueLayout.JAVA_LONG_UNALIGNED, targetOffset, original);
            MemoryFaults.settle();
            return OK;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return TARGET_FAULT;
        }
    }
}
