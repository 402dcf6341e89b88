package io.rnic.emu;

import io.rnic.emu.host.Pinner;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegionAttributes;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A memory region of a domain: a pin, an entry of the STag table, on-board memory if the NIC holds its translations.
 */
public final class RegionResource {
    private final DomainResource domain;
    private final MemorySegment segment;
    private final Pinner.Pin pin;
    private final Usage usage;
    /** Changed under this object's lock, read by posts without it: address and keys are the same in each. */
    private MemoryEntry entry;
    /** Whether a message was ever left in a completion for an entry that was replaced. */
    private boolean messagesLeft;
    private @Nullable Runnable notice;

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

    /** What it is. */
    public MemoryRegionAttributes query() {
        usage.checkOpen();
        return new MemoryRegionAttributes(entry.address(), entry.length(), entry.stag(), entry.stag(),
            Access.of(entry.access()), domain.number());
    }

    /**
     * Changes what is allowed, as {@link io.rnic.verbs.MemoryRegion#reregister} says.
     *
     * @param access  bits of {@link io.rnic.verbs.Access}
     * @param onBoard whether the NIC is to hold its translations from now on
     */
    public synchronized void reregister(final int access, final boolean onBoard) {
        usage.checkOpen();
        DomainResource.check(segment, access);
        if (onBoard) {
            load();
        }
        final MemoryEntry old = entry;
        entry = domain.device().stags().replace(old, access);
        domain.device().engine().awaitGracePeriod();
        // What waits in completions must be there before others may look.
        placeMessages(old);
        messagesLeft |= old.messagesLeft();
        old.forgetMemory();
    }

    private void placeMessages(final MemoryEntry from) {
        if (messagesLeft || from.messagesLeft()) {
            domain.context().unplacedMessages().place(from.stag());
        }
    }

    /**
     * Deregisters: no byte is placed or read any more when it returns.
     *
     * @throws io.rnic.verbs.RnicException BUSY while memory windows are bound to it, CLOSED
     */
    public void close() {
        final @Nullable Runnable told;
        synchronized (this) {
            usage.checkOpen();
            domain.device().stags().remove(entry);
            usage.close();
            told = notice;
            notice = null;
        }
        free(told, List.of());
    }

    /**
     * The same for an owner who is not asked: memory windows that are bound to it lead to nothing any more.
     *
     * @throws io.rnic.verbs.RnicException CLOSED
     */
    public void closeByForce() {
        final List<MemoryEntry> bindings;
        final @Nullable Runnable told;
        synchronized (this) {
            usage.checkOpen();
            bindings = domain.device().stags().removeByForce(entry);
            usage.close();
            told = notice;
            notice = null;
        }
        free(told, bindings);
    }

    private void free(final @Nullable Runnable told, final List<MemoryEntry> bindings) {
        tell(told);
        domain.device().engine().awaitGracePeriod();
        bindings.forEach(MemoryEntry::forgetMemory);
        placeMessages(entry);
        entry.forgetMemory();
        pin.release();
        if (entry.onBoard()) {
            domain.device().onBoardMemory().release(DomainResource.onBoardBytes(entry.pageCount()));
        }
        domain.usage().remove(this);
    }

    /** Names who is told when it is closed, as {@link io.rnic.verbs.MemoryRegion#onDeregister} says. */
    public void onDeregister(final Runnable told) {
        synchronized (this) {
            if (usage.isOpen()) {
                notice = told;
                return;
            }
        }
        tell(told);
    }

    private static void tell(final @Nullable Runnable told) {
        if (told == null) {
            return;
        }
        try {
            told.run();
        } catch (final RuntimeException | Error e) {
            // An application's own affair: this may be another process's thread, which goes on.
        }
    }

    /** Whether it is open. */
    public Usage usage() {
        return usage;
    }
}
