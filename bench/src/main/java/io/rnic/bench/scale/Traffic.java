package io.rnic.bench.scale;

import io.rnic.bench.run.Waiting;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;

/**
 * Posts to a set of queue pairs, from one thread, one request at a time. Of each queue pair every {@value #BURST}th
 * request is signalled; after {@value #BURST} posts it polls until every signalled request is known to be done, or all
 * but the last where the NIC works meanwhile in a thread of its own. So no queue of 16 is ever full.
 */
final class Traffic {
    /** Posts between two looks at the completion queues. */
    static final int BURST = 8;
    /** The length of a message. */
    static final int MESSAGE_BYTES = 32;

    /** Between two looks at the clock. */
    private static final int BURSTS = 8;
    private static final int TARGET_OFFSET = 4096;
    private static final int POLL_LIMIT = 16;

    private final ConnectedPairs pairs;
    private final Waiting waiting;
    private final BatchTimer timer;
    private final int unsettled;
    private final byte[] posted;
    private final SendRequest sendRequest = new SendRequest();
    private final ReceiveRequest receiveRequest = new ReceiveRequest();
    private final Completed sends = new Completed();
    private final Completed receives = new Completed();
    private long signalled;
    private long receivesPosted;
    private int next;

    /**
     * Traffic on those queue pairs.
     *
     * @param timer   takes the time
     * @param waiting for completions that another thread makes
     * @param ahead   whether to post while the burst before is not done: for one busy queue pair only
     */
    Traffic(final ConnectedPairs pairs, final BatchTimer timer, final Waiting waiting, final boolean ahead) {
        this.pairs = pairs;
        this.timer = timer;
        this.waiting = waiting;
        unsettled = ahead ? 1 : 0;
        posted = new byte[pairs.count()];
        for (int i = 0; i < posted.length; i++) {
            // So that in turn not all are signalled at once, and of the one in the middle the last of a burst.
            posted[i] = (byte) Math.floorMod(i - posted.length / 2, BURST);
        }
    }

    ConnectedPairs pairs() {
        return pairs;
    }

    /** Posts for a while; returns the nanoseconds that one operation took. */
    double run(final Operation operation, final Busy busy, final long durationNs) {
        final double ns = timer.time(() -> bursts(operation, busy), BURST * BURSTS, durationNs);
        settle(0);
        return ns;
    }

    private void bursts(final Operation operation, final Busy busy) {
        for (int i = 0; i < BURSTS; i++) {
            burst(operation, busy);
        }
    }

    private void burst(final Operation operation, final Busy busy) {
        for (int i = 0; i < BURST; i++) {
            post(operation, busy == Busy.ONE ? posted.length / 2 : turn());
        }
        settle(unsettled);
    }

    private int turn() {
        final int index = next;
        next = index + 1 == posted.length ? 0 : index + 1;
        return index;
    }

    private void post(final Operation operation, final int index) {
        final boolean signal = ++posted[index] % BURST == 0;
        if (operation == Operation.SEND) {
            pairs.server(index).postReceive(receiveRequest.receive(index)
                .sge(pairs.region(), TARGET_OFFSET, MESSAGE_BYTES));
            receivesPosted++;
            sendRequest.send(index);
        } else {
            sendRequest.write(index, pairs.region().address() + TARGET_OFFSET, pairs.region().rkey());
        }
        pairs.client(index).postSend(sendRequest.sge(pairs.region(), 0, MESSAGE_BYTES).signalled(signal));
        signalled += signal ? 1 : 0;
    }

    /** Polls until no more than so many signalled requests, with those before them, are not known to be done. */
    private void settle(final int left) {
        poll(pairs.sends(), sends, signalled - left);
        poll(pairs.receives(), receives, receivesPosted - (long) left * BURST);
    }

    private void poll(final CompletionQueue queue, final Completed completed, final long until) {
        waiting.begin();
        while (completed.count() < until) {
            if (queue.poll(completed, POLL_LIMIT) == 0) {
                waiting.pause("a completion");
            }
        }
    }
}
