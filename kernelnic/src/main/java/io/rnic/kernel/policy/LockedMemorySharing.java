package io.rnic.kernel.policy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One limit that processes share. Of {@link Kind#STATIC} each may pin an equal part for a number of processes that is
 * given; of {@link Kind#PROPORTIONAL} an equal part for those that are there; of {@link Kind#RECLAIM} whatever is free,
 * and when nothing is, those that have more than an equal part are asked to give back, the one that has most first, and
 * are cut if they do not. A process that has its part already, or more, gets nothing from others: it has to give up
 * something of its own.
 */
public final class LockedMemorySharing implements LockedMemoryPolicy {
    /** How a limit is shared. */
    public enum Kind {
        /** Equal parts for a given number of processes. */
        STATIC,
        /** Equal parts for the processes that are there. */
        PROPORTIONAL,
        /** Any of it while it is free; back to equal parts when others need it. */
        RECLAIM
    }

    private final Kind kind;
    private final long totalBytes;
    private final int staticProcesses;
    private final List<ProcessAccount> processes = new ArrayList<>();
    private long usedBytes;

    /**
     * Creates the policy.
     *
     * @param totalBytes      what all processes may pin together
     * @param staticProcesses for how many processes the static split is made
     */
    public LockedMemorySharing(final Kind kind, final long totalBytes, final int staticProcesses) {
        this.kind = kind;
        this.totalBytes = totalBytes;
        this.staticProcesses = staticProcesses;
    }

    @Override
    public boolean reclaims() {
        return kind == Kind.RECLAIM;
    }

    @Override
    public synchronized void join(final ProcessAccount process) {
        if (!processes.contains(process)) {
            processes.add(process);
        }
    }

    @Override
    public synchronized void leave(final ProcessAccount process) {
        processes.remove(process);
    }

    private synchronized long part() {
        return totalBytes / (kind == Kind.STATIC ? staticProcesses : Math.max(1, processes.size()));
    }

    @Override
    public void charge(final ProcessAccount process, final long bytes) {
        if (tryCharge(process, bytes)) {
            return;
        }
        // Without the lock: who is asked deregisters, and that comes back to release.
        while (kind == Kind.RECLAIM && process.lockedBytes() + bytes <= part()) {
            final ProcessAccount richest = richest(process);
            if (richest == null) {
                break;
            }
            final long wanted = Math.min(bytes, richest.lockedBytes() - part());
            final long before = richest.lockedBytes();
            richest.giveBack(wanted);
            final long missing = wanted - (before - richest.lockedBytes());
            if (missing > 0) {
                richest.cut(missing);
            }
            if (tryCharge(process, bytes)) {
                return;
            }
            if (richest.lockedBytes() >= before) {
                break;
            }
        }
        throw refused(process, bytes);
    }

    private synchronized boolean tryCharge(final ProcessAccount process, final long bytes) {
        final boolean fits = bytes <= totalBytes - usedBytes
            && (kind == Kind.RECLAIM || bytes <= part() - process.lockedBytes());
        if (fits) {
            usedBytes += bytes;
            process.addLockedBytes(bytes);
        }
        return fits;
    }

    /** The one that has most beyond its part, or null. */
    private synchronized @Nullable ProcessAccount richest(final ProcessAccount but) {
        return processes.stream().filter(each -> !each.equals(but) && each.lockedBytes() > part())
            .max(Comparator.comparingLong(ProcessAccount::lockedBytes)).orElse(null);
    }

    private synchronized RnicException refused(final ProcessAccount process, final long bytes) {
        return new RnicException(RnicError.POLICY, "the kernel's policy does not let process " + process.name()
            + " pin " + bytes + " bytes: its part is " + part() + " of the " + totalBytes + " that all may pin, it has"
            + " pinned " + process.lockedBytes() + ", and all together " + usedBytes
            + " (kernel.lockedMemorySharing); deregister memory or raise kernel.lockedMemoryTotal");
    }

    @Override
    public synchronized void release(final ProcessAccount process, final long bytes) {
        usedBytes -= bytes;
        process.addLockedBytes(-bytes);
    }
}
