package io.rnic.kernel.broker;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.verbs.Access;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import org.jspecify.annotations.Nullable;

/**
 * Translates the memory of one protection domain for the kernel's own queues: what is checked here needs no translation
 * on board, and what is not good is left as it is for the NIC to refuse, unless it has become good by then.
 */
record BusAddresses(StagTable stags, int domain) {
    /**
     * Adds a piece to a send request. A Read's sink goes by its STag; the answer of an atomic comes back by the place
     * that the request named.
     */
    void addTo(final SendRequest request, final long address, final int length, final int lkey) {
        final long bus = switch (request.opcode()) {
            case RDMA_READ -> 0;
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD ->
                translate(lkey, Access.LOCAL_WRITE.bit(), address, length);
            default -> translate(lkey, MemoryEntry.LOCAL_READ, address, length);
        };
        if (bus != 0) {
            request.sge(bus, length, SgeLayout.PRIVILEGED_KEY);
        } else {
            request.sge(address, length, foreign(lkey));
        }
    }

    /** Adds a piece to a receive. */
    void addTo(final ReceiveRequest request, final long address, final int length, final int lkey) {
        final long bus = translate(lkey, Access.LOCAL_WRITE.bit(), address, length);
        if (bus != 0) {
            request.sge(bus, length, SgeLayout.PRIVILEGED_KEY);
        } else {
            request.sge(address, length, foreign(lkey));
        }
    }

    /** The privileged key is the kernel's: a caller who gives it gets one that no region has. */
    static int foreign(final int lkey) {
        return lkey == SgeLayout.PRIVILEGED_KEY ? 1 : lkey;
    }

    /** The bus address of a piece of the caller's memory, 0 if the caller may not use it. */
    private long translate(final int lkey, final int access, final long address, final int length) {
        final MemoryEntry entry = find(lkey, access, address, length);
        return entry == null ? 0 : entry.bus(address);
    }

    /** The region that a piece of the caller's memory lies in, null if the caller may not use it. */
    @Nullable MemoryEntry find(final int lkey, final int access, final long address, final int length) {
        if (length <= 0) {
            return null;
        }
        final MemoryEntry entry = stags.find(lkey);
        return StagTable.check(entry, domain, access, address, length) == AccessCheck.OK ? entry : null;
    }
}
