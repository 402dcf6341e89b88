package io.rnic.kernel.syscall;

import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairState;

/**
 * What a queue pair is, in an argument block: number, peer's number, most send requests and receives, pieces in each,
 * inline bytes, 1 if all are signalled, ORD, IRD, access bits; 8 bytes each.
 */
public final class QueuePairRecord {
    private QueuePairRecord() {
    }

    /** Adds it to a block. */
    public static void write(final ArgumentBlock block, final QueuePairAttributes attributes) {
        block.putInt(attributes.number()).putInt(attributes.peerNumber())
            .putInt(attributes.maxSendRequests()).putInt(attributes.maxReceiveRequests())
            .putInt(attributes.maxSendSges()).putInt(attributes.maxReceiveSges())
            .putInt(attributes.maxInlineBytes()).putInt(attributes.signalAll() ? 1 : 0)
            .putInt(attributes.ord()).putInt(attributes.ird())
            .putInt(Access.bits(attributes.access()));
    }

    /** Reads it, to what is known already: the state, and the space in both queues. */
    public static QueuePairAttributes read(
        final ArgumentBlock block, final QueuePairState state, final int sendSpace, final int receiveSpace) {
        final int number = block.getInt();
        final int peerNumber = block.getInt();
        final int maxSends = block.getInt();
        final int maxReceives = block.getInt();
        return new QueuePairAttributes(number, state, peerNumber, maxSends, maxReceives, block.getInt(),
            block.getInt(), block.getInt(), block.getInt() != 0, maxSends - sendSpace, maxReceives - receiveSpace,
            block.getInt(), block.getInt(), Access.of(block.getInt()));
    }
}
