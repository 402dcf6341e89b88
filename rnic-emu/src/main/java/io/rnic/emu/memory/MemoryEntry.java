package io.rnic.emu.memory;

/**
 * What the NIC knows of one region: an entry of its translation and protection table. Immutable but for {@link
 * #onBoard}, so that whoever found it may use it until it leaves the NIC's work.
 */
public final class MemoryEntry {
    /** Stands for memory that is named by bus addresses already. */
    public static final MemoryEntry PHYSICAL = new MemoryEntry();

    private final int stag;
    private final int domain;
    private final int access;
    private final long address;
    private final long length;
    private final long[] pages;
    private final int pageShift;
    private volatile boolean onBoard;

    private MemoryEntry() {
        this(0, 0, 0, 0, 0, new long[0], 0);
    }

    MemoryEntry(final int stag, final int domain, final int access, final long address, final long length,
        final long[] pages, final int pageShift) {
        this.stag = stag;
        this.domain = domain;
        this.access = access;
        this.address = address;
        this.length = length;
        this.pages = pages;
        this.pageShift = pageShift;
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

    int domain() {
        return domain;
    }

    int access() {
        return access;
    }

    long firstPageBus() {
        return pages[0];
    }

    /** The bus address of a virtual address inside the region. */
    public long bus(final long virtual) {
        if (this == PHYSICAL) {
            return virtual;
        }
        final long mask = (1L << pageShift) - 1;
        return pages[page(virtual)] + (virtual & mask);
    }

    /** How many bytes from {@code virtual}, at most {@code max}, lie one behind the other on the bus. */
    public int run(final long virtual, final int max) {
        if (this == PHYSICAL) {
            return max;
        }
        final long pageBytes = 1L << pageShift;
        int page = page(virtual);
        long run = pageBytes - (virtual & (pageBytes - 1));
        while (run < max && pages[page + 1] == pages[page] + pageBytes) {
            run += pageBytes;
            page++;
        }
        return (int) Math.min(run, max);
    }

    private int page(final long virtual) {
        return (int) ((virtual >>> pageShift) - (address >>> pageShift));
    }
}
