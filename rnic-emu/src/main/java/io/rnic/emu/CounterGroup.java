package io.rnic.emu;

import io.rnic.emu.engine.Counters;
import io.rnic.emu.engine.QueuePairContext;
import java.util.HashSet;
import java.util.Set;

/** The counters of a number of queue pairs together, those that are destroyed included. */
final class CounterGroup {
    private final Set<QueuePairContext> queuePairs = new HashSet<>();
    private final Counters past = new Counters();

    synchronized void add(final QueuePairContext queuePair) {
        queuePairs.add(queuePair);
    }

    synchronized void remove(final QueuePairContext queuePair) {
        if (queuePairs.remove(queuePair)) {
            queuePair.addTo(past);
        }
    }

    synchronized Counters sum() {
        final Counters sum = new Counters();
        sum.add(past);
        queuePairs.forEach(queuePair -> queuePair.addTo(sum));
        return sum;
    }
}
