package io.rnic.emu.queue;

/**
 * What ringing wakes. The counts are in the doorbell page already: with a NIC that has a thread of its own this queues
 * the queue pair for it, without one the caller does the NIC's work here.
 */
public interface Doorbell {
    /** There is something new in the send queue. */
    void ringSend();

    /** There is a new receive that must be flushed: the queue pair is in ERROR. */
    void ringReceiveInError();
}
