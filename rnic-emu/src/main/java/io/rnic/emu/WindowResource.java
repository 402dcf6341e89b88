package io.rnic.emu;

import io.rnic.emu.memory.MemoryEntry;

/** A memory window of a domain: a place in the STag table, which bindings fill. */
public final class WindowResource {
    private final DomainResource domain;
    private final int firstStag;
    private final Usage usage;

    WindowResource(final DomainResource domain, final int stag) {
        this.domain = domain;
        firstStag = stag;
        usage = new Usage("memory window 0x" + Integer.toHexString(stag));
    }

    /** The STag of its last binding. */
    public int stag() {
        usage.checkOpen();
        return domain.device().stags().windowStag(firstStag);
    }

    /** Deallocates it: nothing goes through it any more when it returns. */
    public void close() {
        usage.close();
        final MemoryEntry last = domain.device().stags().removeWindow(firstStag);
        domain.device().engine().awaitGracePeriod();
        if (last != null) {
            last.forgetMemory();
        }
        domain.device().onBoardMemory().release(OnBoardMemory.REGION_BYTES);
        domain.usage().remove(this);
    }

    /** Whether it is open. */
    public Usage usage() {
        return usage;
    }
}
