package io.rnic.emu.queue;

import org.jspecify.annotations.Nullable;

/**
 * How the rings of queue pairs of the same limits are laid out. They share one, so that what it says is in the cache,
 * and not on a line of each of them.
 *
 * @param limits        what the queues hold
 * @param sendMask      send slots less one
 * @param sendStride    bytes of a send slot
 * @param receiveMask   receive slots less one
 * @param receiveStride bytes of a receive slot
 * @param signalAll     the flag that every send request gets, 0 for none
 */
public record QueueShape(
        QueueLimits limits, int sendMask, int sendStride, int receiveMask, int receiveStride, int signalAll) {
    /** The last ones that were asked for. Plain on purpose: who sees an older one makes another. */
    private static final @Nullable QueueShape[] RECENT = new QueueShape[64];

    private QueueShape(final QueueLimits limits) {
        this(limits, QueueBlocks.slots(limits.maxSendRequests()) - 1,
            SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes()),
            QueueBlocks.slots(limits.maxReceiveRequests()) - 1, ReceiveSlotLayout.stride(limits.maxReceiveSges()),
            limits.signalAll() ? SendSlotLayout.SIGNALLED : 0);
    }

    /** That of these limits: the same one again, unless many others were asked for meanwhile. */
    public static QueueShape of(final QueueLimits limits) {
        final int place = limits.hashCode() & (RECENT.length - 1);
        final QueueShape last = RECENT[place];
        if (last != null && last.limits.equals(limits)) {
            return last;
        }
        final QueueShape made = new QueueShape(limits);
        RECENT[place] = made;
        return made;
    }
}
