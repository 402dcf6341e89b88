package io.rnic.emu.host;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;

/**
 * Pins memory for one device, within its budget. As Linux does for RDMA ({@code pinned_vm}), each registration counts
 * its pages, also those that another counts too; a page is locked once however often it is pinned.
 */
public final class Pinner {
    private static final int ENOMEM = 12;

    private final Pinning mode;
    private final long budgetBytes;
    private final int pageSize = Libc.pageSize();
    private long pinnedBytes;
    private long accountedBytes;

    /**
     * Creates a pinner.
     *
     * @param mode        lock or count
     * @param budgetBytes how many bytes may be pinned; Long.MAX_VALUE leaves it to the operating system
     */
    public Pinner(final Pinning mode, final long budgetBytes) {
        this.mode = mode;
        this.budgetBytes = budgetBytes;
    }

    /** Memory that is pinned until it is released. */
    public final class Pin {
        private final long first;
        private final long end;
        private final boolean locked;

        private Pin(final long first, final long end, final boolean locked) {
            this.first = first;
            this.end = end;
            this.locked = locked;
        }

        /** The pinned bytes: whole pages. */
        public long bytes() {
            return (end - first) * pageSize;
        }

        /** True if the pages are locked, false if they are only counted. */
        public boolean locked() {
            return locked;
        }

        /** Unpins; to be called once. */
        public void release() {
            if (locked) {
                LockedPages.PROCESS.unlock(first, end);
            }
            synchronized (Pinner.this) {
                pinnedBytes -= bytes();
                accountedBytes -= locked ? 0 : bytes();
            }
        }
    }

    /**
     * Pins the pages that the bytes touch.
     *
     * @throws RnicException LOCKED_MEMORY_LIMIT with the limit, what was asked for and how to raise it
     */
    public synchronized Pin pin(final long address, final long bytes) {
        final long first = Long.divideUnsigned(address, pageSize);
        final long end = Long.divideUnsigned(address + bytes - 1, pageSize) + 1;
        final long asked = (end - first) * pageSize;
        if (asked > budgetBytes - pinnedBytes) {
            throw new RnicException(RnicError.LOCKED_MEMORY_LIMIT, "cannot pin " + asked + " bytes: the device may pin "
                + budgetBytes + " bytes (lockedMemory) and has pinned " + pinnedBytes
                + "; deregister memory or raise lockedMemory");
        }
        final boolean locked = mode != Pinning.ACCOUNTED && Libc.canLock() && lock(first, end, asked);
        pinnedBytes += asked;
        accountedBytes += locked ? 0 : asked;
        return new Pin(first, end, locked);
    }

    private boolean lock(final long first, final long end, final long asked) {
        final int errno = LockedPages.PROCESS.lock(first, end);
        if (errno == 0) {
            return true;
        }
        if (mode == Pinning.PREFERRED) {
            return false;
        }
        final long limit = Libc.lockedMemoryLimit();
        throw new RnicException(RnicError.LOCKED_MEMORY_LIMIT, "cannot lock " + asked + " bytes (mlock errno " + errno
            + (errno == ENOMEM ? ", too much or not mapped" : "") + "): this process may lock "
            + (limit == Long.MAX_VALUE ? "any number of" : limit)
            + " bytes (RLIMIT_MEMLOCK) and rnic has locked " + LockedPages.PROCESS.lockedBytes()
            + "; raise the limit (ulimit -l, memlock in limits.conf, LimitMEMLOCK= in systemd)"
            + " or count pages instead of locking them: pinning=accounted");
    }

    /** All bytes that are pinned, locked or counted. */
    public synchronized long pinnedBytes() {
        return pinnedBytes;
    }

    /** Those of the pinned bytes that are counted and not locked. */
    public synchronized long accountedBytes() {
        return accountedBytes;
    }

    /** The page size of this machine. */
    public int pageSize() {
        return pageSize;
    }

    /** What pinning means here now, for people. */
    public synchronized String describe() {
        if (mode == Pinning.ACCOUNTED) {
            return "accounted";
        }
        if (!Libc.canLock()) {
            return "accounted (mlock not found)";
        }
        return accountedBytes == 0 ? "locked"
            : "locked " + (pinnedBytes - accountedBytes) + " bytes, accounted " + accountedBytes;
    }
}
