package io.rnic.verbs;

/**
 * What a shared receive queue is and how it stood when it was asked ({@code struct ibv_srq_attr}).
 *
 * @param number      its number
 * @param maxReceives receives that may be outstanding: posted, and their completions not yet polled
 * @param maxSges     pieces of memory over which one receive may be scattered
 * @param limit       the armed limit, 0 if none
 * @param waiting     receives that are posted and that no message has taken
 * @param space       receives that can be posted before the queue is full
 */
public record SharedReceiveQueueAttributes(
        int number, int maxReceives, int maxSges, int limit, int waiting, int space) {
}
