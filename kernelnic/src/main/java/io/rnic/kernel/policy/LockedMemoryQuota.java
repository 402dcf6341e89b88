package io.rnic.kernel.policy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;

/** A quota for each process and one for all together. */
public final class LockedMemoryQuota implements LockedMemoryPolicy {
    private final long perProcessBytes;
    private final long totalBytes;
    private long usedBytes;

    /**
     * Creates the quotas.
     *
     * @param perProcessBytes pinned bytes of a process at most
     * @param totalBytes      pinned bytes of all processes at most
     */
    public LockedMemoryQuota(final long perProcessBytes, final long totalBytes) {
        this.perProcessBytes = perProcessBytes;
        this.totalBytes = totalBytes;
    }

    @Override
    public synchronized void charge(final ProcessAccount process, final long bytes) {
        if (bytes > perProcessBytes - process.lockedBytes()) {
            throw refused(process, bytes, "the process", process.lockedBytes(), perProcessBytes,
                "kernel.lockedMemoryPerProcess");
        }
        if (bytes > totalBytes - usedBytes) {
            throw refused(process, bytes, "all processes together", usedBytes, totalBytes, "kernel.lockedMemoryTotal");
        }
        usedBytes += bytes;
        process.addLockedBytes(bytes);
    }

    private static RnicException refused(final ProcessAccount process, final long bytes, final String who,
        final long used,
        final long quota, final String setting) {
        return new RnicException(RnicError.POLICY, "the kernel's policy does not let process " + process.name()
            + " pin "
            + bytes + " bytes: " + who + " may pin " + quota + " and has pinned " + used + " (" + setting
            + "); deregister memory or raise the quota");
    }

    @Override
    public synchronized void release(final ProcessAccount process, final long bytes) {
        usedBytes -= bytes;
        process.addLockedBytes(-bytes);
    }
}
