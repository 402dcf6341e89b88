package io.rnic.verbs;

/**
 * What a completion queue is and how it stood when it was asked.
 *
 * @param number   its number
 * @param capacity completions that it holds unpolled
 * @param unpolled completions that wait to be polled
 * @param armed    whether the next completion makes an event
 * @param overrun  whether a completion was lost, and the queue is unusable
 */
public record CompletionQueueAttributes(int number, int capacity, int unpolled, boolean armed, boolean overrun) {
}
