package io.rnic.verbs;

/**
 * What a protection domain holds when it is asked.
 *
 * @param number              its number
 * @param memoryRegions       regions that are registered in it
 * @param queuePairs          queue pairs that were created in it
 * @param sharedReceiveQueues shared receive queues that were created in it
 */
public record ProtectionDomainAttributes(int number, int memoryRegions, int queuePairs, int sharedReceiveQueues) {
}
