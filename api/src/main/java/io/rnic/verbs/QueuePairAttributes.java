package io.rnic.verbs;

import java.util.Set;

/**
 * What a queue pair is and how it stood when it was asked ({@code struct ibv_qp_attr}, {@code ibv_qp_init_attr}).
 *
 * @param number              its number
 * @param state               its state
 * @param peerNumber          the number of the queue pair that it is connected to ({@code dest_qp_num}), 0 if none
 * @param maxSendRequests     send requests that may be outstanding
 * @param maxReceiveRequests  receives that may be outstanding, 0 with a shared receive queue
 * @param maxSendSges         pieces of memory that one send request may gather
 * @param maxReceiveSges      pieces of memory over which one receive may be scattered
 * @param maxInlineBytes      bytes that a request may carry in itself
 * @param signalAll           whether every send request makes a completion
 * @param outstandingSends    send requests that are posted and not known to be done from a polled completion
 * @param outstandingReceives receives that are posted and whose completions are not polled
 * @param ord                 RDMA Reads and atomics that it may have outstanding at the peer ({@code max_rd_atomic}):
 *                            what was asked for, and what was agreed on once it is connected
 * @param ird                 RDMA Reads and atomics that it answers at a time ({@code max_dest_rd_atomic})
 * @param access              what the peer may do through it at most ({@code qp_access_flags})
 */
public record QueuePairAttributes(
        int number,
        QueuePairState state,
        int peerNumber,
        int maxSendRequests,
        int maxReceiveRequests,
        int maxSendSges,
        int maxReceiveSges,
        int maxInlineBytes,
        boolean signalAll,
        int outstandingSends,
        int outstandingReceives,
        int ord,
        int ird,
        Set<Access> access) {
    /** Keeps its own copy of the flags. */
    public QueuePairAttributes {
        access = Access.of(Access.bits(access));
    }
}
