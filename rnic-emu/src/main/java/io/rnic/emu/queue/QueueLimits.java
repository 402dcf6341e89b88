package io.rnic.emu.queue;

/**
 * What the queues of a queue pair hold.
 *
 * @param maxSendRequests    send slots in use at most
 * @param maxReceiveRequests receive slots in use at most; 0 with a shared receive queue
 * @param maxSendSges        pieces of memory in a send request
 * @param maxReceiveSges     pieces of memory in a receive
 * @param maxInlineBytes     inline bytes in a send request
 * @param maxMessageBytes    bytes of a message
 * @param signalAll          whether every send request makes a completion
 */
public record QueueLimits(
        int maxSendRequests,
        int maxReceiveRequests,
        int maxSendSges,
        int maxReceiveSges,
        int maxInlineBytes,
        int maxMessageBytes,
        boolean signalAll) {

    /** The same for a queue pair that takes its receives from a shared queue: its own holds none. */
    public QueueLimits withoutReceives() {
        return new QueueLimits(maxSendRequests, 0, maxSendSges, 1, maxInlineBytes, maxMessageBytes, signalAll);
    }
}
