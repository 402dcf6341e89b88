package io.rnic.emu.memory;

import io.rnic.emu.host.LastingMemory;
import io.rnic.verbs.Access;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What the NIC knows of one region: an entry of its translation and protection table, and the window on the region's
 * memory behind which its pages lie ({@link Dma}); or of one binding of a memory window. Whoever found it may use it
 * until it leaves the NIC's work: what it says of the memory never changes. A region that is re-registered and a window
 * that is bound again get another.
 *
 * <p>All pages of a region lie behind one window, so the NIC needs no more than that; the translations page by page are
 * what a kernel posts by, and what the NIC is charged for.
 */
public final class MemoryEntry {
    /** An access that no entry allows. */
    public static final int NEVER_ALLOWED = 1 << 31;

    /** What local requests ask for that read: regions allow it always, memory windows never. */
    public static final int LOCAL_READ = 1 << 30;

    private static final long REVOKED = -1;
    private static final long[] NO_PAGES = {};
    /** What others may do with it, by its own STag or by that of a window that is bound to it. */
    private static final int REMOTE =
        Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC, Access.MW_BIND);

    private final int stag;
    private final int domain;
    private final int access;
    private final int window;
    private final long address;
    private final long length;
    private final long skew;
    private final boolean lasting;
    private MemorySegment segment;
    private final long[] pages;
    private final int pageShift;
    /** The STag while it is valid, unsigned. Plain: whoever revokes it waits for a grace period. */
    private long live;
    /** Plain: who sets it posts afterwards, and the NIC looks at it after it has taken what was posted. */
    private boolean onBoard;
    /** Plain: the NIC sets it, and who deregisters looks after a grace period. */
    private boolean messagesLeft;
    /** Of a window: the region that it is bound to. Under the table's lock. */
    private @Nullable MemoryEntry region;
    /** Of a region: how many windows are bound to it. Under the table's lock. */
    private int windows;

    MemoryEntry(final int stag, final int domain, final int access, final int window, final MemorySegment segment,
        final long[] pages, final int pageShift) {
        this.stag = stag;
        this.live = Integer.toUnsignedLong(stag);
        this.domain = domain;
        this.access = access | LOCAL_READ;
        this.window = window;
        this.address = segment.address();
        this.length = segment.byteSize();
        this.skew = address & ((1L << pageShift) - 1);
        this.segment = segment;
        this.lasting = LastingMemory.is(segment);
        this.pages = pages;
        this.pageShift = pageShift;
    }

    /** A window that is bound to nothing: it allows nothing. */
    MemoryEntry(final int stag, final int domain) {
        this(stag, domain, 0, null, MemorySegment.NULL);
        live = REVOKED;
    }

    /** A window bound to a part of a region, which begins at the part's address. */
    MemoryEntry(final int stag, final int domain, final int access, final @Nullable MemoryEntry region,
        final MemorySegment part) {
        this.stag = stag;
        this.live = Integer.toUnsignedLong(stag);
        this.domain = domain;
        this.access = access;
        this.window = 0;
        this.address = part.address();
        this.length = part.byteSize();
        this.skew = 0;
        this.segment = part;
        this.lasting = LastingMemory.is(part);
        this.pages = NO_PAGES;
        this.pageShift = 0;
        this.region = region;
        if (region != null) {
            region.windows++;
        }
    }

    /** The region again, with other access; this entry is revoked. */
    MemoryEntry withAccess(final int other) {
        final MemoryEntry fresh = new MemoryEntry(stag, domain, other, window, segment, pages, pageShift);
        fresh.onBoard = onBoard;
        return fresh;
    }

    /** Its STag: index 24 bits, key 8 bits. */
    public int stag() {
        return stag;
    }

    /** The virtual address of its first byte. */
    public long address() {
        return address;
    }

    /** Its bytes. */
    public long length() {
        return length;
    }

    /** Its memory. */
    public MemorySegment segment() {
        return segment;
    }

    /** Whether its memory's arena was closed while it is registered. Plain loads, no more. */
    public boolean isGone() {
        return !lasting && !segment.scope().isAlive();
    }

    /**
     * Whether its memory stays while it is registered: who has checked offset and length may use the memory by its
     * address, until it leaves the NIC's work.
     */
    public boolean isLasting() {
        return lasting;
    }

    /** How many pages it touches: so many translations. */
    public int pageCount() {
        return pages.length;
    }

    /** Whether the NIC holds its translations; the kernel's NIC only for regions that RDMA can reach. */
    public boolean onBoard() {
        return onBoard;
    }

    void onBoard(final boolean held) {
        onBoard = held;
    }

    /** Notes that a message for it was left in a completion, for the host to place. */
    public void leaveMessage() {
        if (!messagesLeft) {
            messagesLeft = true;
        }
    }

    /** Whether a message for it was ever left in a completion. */
    public boolean messagesLeft() {
        return messagesLeft;
    }

    /** From now on nobody takes it for the region of its STag or of its window. */
    void revoke() {
        live = REVOKED;
        if (region != null) {
            region.windows--;
            region = null;
        }
    }

    /** Whether it is a window's: those have no page of their own. */
    public boolean isWindow() {
        return pages.length == 0;
    }

    /** Whether it is the binding of a window to that region. */
    boolean isBoundTo(final MemoryEntry other) {
        return region != null && region.equals(other);
    }

    /** How many windows are bound to it. */
    int windows() {
        return windows;
    }

    /** Whether the peer may make its STag invalid: what is for local use alone is not the peer's business. */
    boolean isRemotelyInvalidated() {
        return isWindow() || !isLocal();
    }

    /** Lets go of the memory: who used the entry last still has it. Only after nobody uses it any more. */
    public void forgetMemory() {
        segment = MemorySegment.NULL;
    }

    /** Whether it is (still) the region of that STag. */
    public boolean isNamed(final int name) {
        return live == Integer.toUnsignedLong(name);
    }

    /** Whether it is (still) the region of that STag, and so many bytes from a virtual address on lie inside. */
    public boolean isNamed(final int name, final long virtual, final int bytes) {
        return isNamed(name) && holds(virtual - address, bytes);
    }

    /** Whether it is (still) the region of the window that a bus address leads to. */
    public boolean isBehind(final long bus) {
        return window == Dma.window(bus) && live != REVOKED;
    }

    /** Whether so many bytes, from 0, at that offset lie inside. */
    public boolean holds(final long offset, final int bytes) {
        return offset >= 0 && offset <= length - bytes;
    }

    /** Its protection domain's number. */
    public int domain() {
        return domain;
    }

    /** What is allowed: bits of {@link Access}. */
    public int access() {
        return access & ~LOCAL_READ;
    }

    /** Whether all that is asked for is allowed: bits of {@link Access}. */
    public boolean allows(final int asked) {
        return (access & asked) == asked;
    }

    /** Whether only its own side reads and writes it. */
    public boolean isLocal() {
        return (access & REMOTE) == 0;
    }

    int window() {
        return window;
    }

    /** The bus address of a virtual address inside the region. */
    public long bus(final long virtual) {
        final long inPages = virtual - address + skew;
        return pages[(int) (inPages >>> pageShift)] + (inPages & ((1L << pageShift) - 1));
    }

    /** Where in the segment a bus address of its window lies. */
    public long offsetOfBus(final long bus) {
        return Dma.offset(bus) - skew;
    }
}
