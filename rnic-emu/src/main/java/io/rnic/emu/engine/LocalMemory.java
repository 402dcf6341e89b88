package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import org.jspecify.annotations.Nullable;

/** Checks the pieces of memory that a request names by local keys. */
final class LocalMemory {
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();

    private final StagTable stags;
    private final Dma dma;

    LocalMemory(final StagTable stags, final Dma dma) {
        this.stags = stags;
        this.dma = dma;
    }

    /**
     * The region of a piece, or null if its key, domain, access or bounds do not allow it. The privileged key stands
     * for memory named by bus addresses, and is the kernel's only. A kernel names a piece by its key where the NIC
     * holds the translations, and where it could not translate when it posted: the region may be good for it by now.
     *
     * @param access what is needed beyond reading: bits of {@link io.rnic.verbs.Access}
     */
    @Nullable MemoryEntry find(
        final QueuePairContext queuePair, final int lkey, final int access, final long address, final int length) {
        if (lkey == SgeLayout.PRIVILEGED_KEY) {
            return queuePair.privileged ? ownWindow(queuePair, access, address, length) : null;
        }
        final MemoryEntry entry = stags.find(lkey);
        return StagTable.check(entry, queuePair.domain, access, address, length) == AccessCheck.OK
            ? entry : null;
    }

    /**
     * The same, which looks first at the region that was found last for the same side and the same access: who
     * sends from one region again and again has no table looked up.
     */
    @Nullable MemoryEntry find(final Flow flow, final @Nullable MemoryEntry last, final int lkey,
        final int access, final long address, final int length) {
        if (last != null && isOf(last, flow, lkey, address) && last.holds(offset(last, lkey, address), length)) {
            return last;
        }
        return find(flow.queuePair, lkey, access, address, length);
    }

    /** The region that a piece lies in, null if it may not be sent from. */
    @Nullable MemoryEntry source(
        final SendFlow flow, final int lkey, final long address, final int length) {
        final MemoryEntry last = flow.source;
        final MemoryEntry entry = find(flow, last, lkey, MemoryEntry.LOCAL_READ, address, length);
        if (entry != null && entry != last) { // a store of a reference costs more than this look
            flow.source = entry;
        }
        return entry;
    }

    /** The region that a piece of the current receive lies in, null if nothing may be received there. */
    @Nullable MemoryEntry target(
        final ReceiveFlow flow, final int lkey, final long address, final int length) {
        final MemoryEntry last = flow.target;
        final MemoryEntry entry = find(flow, last, lkey, LOCAL_WRITE, address, length);
        if (entry != null && entry != last) { // a store of a reference costs more than this look
            flow.target = entry;
        }
        return entry;
    }

    private static boolean isOf(final MemoryEntry last, final Flow flow, final int lkey, final long address) {
        return lkey == SgeLayout.PRIVILEGED_KEY ? flow.privileged && last.isBehind(address) : last.isNamed(lkey);
    }

    /** A bus address that waited long in a queue may lead into a window that is another region's by now. */
    private @Nullable MemoryEntry ownWindow(
        final QueuePairContext queuePair, final int access, final long bus, final int length) {
        final MemoryEntry entry = dma.find(bus);
        if (entry == null || entry.domain() != queuePair.domain || !entry.allows(access)) {
            return null;
        }
        return entry.holds(entry.offsetOfBus(bus), length) ? entry : null;
    }

    /**
     * Why a piece is refused, for a diagnosis: null if it is not, or not any more. Its address is what was posted.
     *
     * @param looks whether to look at its memory, page by page: where a copy failed, after all that is quicker to see
     */
    @Nullable Fault explain(final QueuePairContext queuePair, final CompletionOpcode operation, final long slotNumber,
        final int lkey, final int access, final long address, final int length, final boolean looks) {
        final boolean isBus = lkey == SgeLayout.PRIVILEGED_KEY && queuePair.privileged;
        final MemoryEntry entry = isBus ? dma.find(address) : stags.find(lkey);
        final int stag = isBus && entry != null ? entry.stag() : lkey;
        final long virtual = isBus && entry != null ? entry.address() + entry.offsetOfBus(address) : address;
        final AccessCheck check = StagTable.check(entry, queuePair.domain, access, virtual, length);
        final boolean isThere = entry != null
            && (looks ? Dma.isThere(entry.segment(), virtual - entry.address(), length) : !entry.isGone());
        return check == AccessCheck.OK && isThere ? null
            : Fault.of(check, entry, operation, slotNumber, stag, access, virtual, length, 0);
    }

    /** Where in its region's segment a piece lies whose key is {@code lkey}. */
    static long offset(final MemoryEntry entry, final int lkey, final long address) {
        return lkey == SgeLayout.PRIVILEGED_KEY ? entry.offsetOfBus(address) : address - entry.address();
    }
}
