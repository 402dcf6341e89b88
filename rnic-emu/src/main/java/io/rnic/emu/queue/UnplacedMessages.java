package io.rnic.emu.queue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The completion queues of one opener that may hold short messages which the host has yet to place. A region that is
 * deregistered gets those that are for it first: no byte is placed into it any more when it is gone.
 */
public final class UnplacedMessages {
    private final Set<CompletionReader> queues = ConcurrentHashMap.newKeySet();

    /** None. */
    public UnplacedMessages() {
    }

    /** Adds a queue before the first receive is posted whose message the host may place. */
    public void add(final CompletionReader queue) {
        queues.add(queue);
    }

    /** Forgets a queue that is closed. */
    public void remove(final CompletionReader queue) {
        queues.remove(queue);
    }

    /** Places what is there for a region that the NIC accepts nothing for any more. */
    public void place(final int lkey) {
        for (final CompletionReader queue : queues) {
            queue.placeAll(lkey);
        }
    }
}
