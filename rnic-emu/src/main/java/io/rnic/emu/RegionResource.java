package io.rnic.emu;

import io.rnic.emu.host.Pinner;
import io.rnic.emu.memory.MemoryEntry;
import java.lang.foreign.MemorySegment;

/**
 * A memory region of a domain: a pin, an entry of the STag table, on-board memory if the NIC holds its translations.
 */
public final class RegionResource {
    private final DomainResource domain;
    private final MemorySegment segment;
    private final MemoryEntry entry;
    private final Pinner.Pin pin;
    private final Usage usage;

    RegionResource(
        final DomainResource domain, final MemorySegment segment, final MemoryEntry entry, final Pinner.Pin pin) {
        this.domain = domain;
        this.segment = segment;
        this.entry = entry;
        this.pin = pin;
        usage = new Usage("memory region stag=0x" + Integer.toHexString(entry.stag()) + " of " + entry.length()
            + " bytes");
    }

    /** The registered memory. */
    public MemorySegment segment() {
        return segment;
    }

    /** What the NIC knows of it. */
    public MemoryEntry entry() {
        return entry;
    }

    /** Gives the NIC its translations if it does not hold them yet: an RDMA operation is about to name it. */
    public synchronized void load() {
        if (usage.isOpen() && !entry.onBoard()) {
            domain.device().onBoardMemory().charge(DomainResource.onBoardBytes(entry.pageCount()), usage.name());
            domain.device().stags().load(entry);
        }
    }

    /** Deregisters: no byte is placed or read any more when it returns. */
    public void close() {
        final boolean charged;
        synchronized (this) {
            usage.close();
            domain.device().stags().remove(entry);
            charged = entry.onBoard();
        }
        domain.device().engine().awaitGracePeriod();
        if (entry.messagesLeft()) {
            domain.context().unplacedMessages().place(entry.stag());
        }
        entry.forgetMemory();
        pin.release();
        if (charged) {
            domain.device().onBoardMemory().release(DomainResource.onBoardBytes(entry.pageCount()));
        }
        domain.usage().remove(this);
    }

    /** Whether it is open. */
    public Usage usage() {
        return usage;
    }
}
