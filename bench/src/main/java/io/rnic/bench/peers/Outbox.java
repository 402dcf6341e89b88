package io.rnic.bench.peers;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.OwnLine;
import io.rnic.bench.run.Spin;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.SendRequest;
import org.agrona.concurrent.AtomicBuffer;

/**
 * What one side sends or writes: requests that are made beforehand, one for each place in its memory, and posted in
 * turn. Each place starts with a sequence number, which is set before each post.
 *
 * <pre>
 *   memory    | place 0 | place 1 | ... | place depth-1 |   a place is used again when its request is known to be done
 *   requests      0         1      ...S                S    S: signalled, the last of each {@code signalEvery}
 *   lists     [         0         ] ... [               ]   of {@value #LIST}, or {@code signalEvery} if that is less
 * </pre>
 *
 * <p>For one thread. Posting allocates nothing.
 */
final class Outbox implements CompletionHandler {
    /** Requests in a list. */
    static final int LIST = 32;

    private static final int POLL_LIMIT = 16;

    /** Makes the request for the memory of one place. */
    interface Requests {
        /**
         * Makes it.
         *
         * @param place  from 0
         * @param offset of the place in the side's memory
         */
        SendRequest make(int place, long offset);
    }

    private final AtomicBuffer words;
    private final QueuePair queuePair;
    private final CompletionQueue completions;
    private final Spin spin;
    private final SendRequest[] requests;
    private final SendRequest[][] lists;
    private final int base;
    private final int strideBytes;
    private final int depth;
    private final int inList;
    private final int signalEvery;
    private final OwnLine posted = new OwnLine();
    private final OwnLine done = new OwnLine();

    /** Makes the requests, whose places begin at offset 0 of the side's memory. */
    Outbox(final Side side, final Spin spin, final int strideBytes, final int depth, final int signalEvery,
           final Requests requests) {
        this(side, 0, spin, strideBytes, depth, signalEvery, requests);
    }

    /**
     * Makes the requests.
     *
     * @param base        offset of the first place in the side's memory
     * @param strideBytes from one place to the next
     * @param depth       places, a power of two
     * @param signalEvery a power of two, divides {@code depth}
     */
    Outbox(final Side side, final int base, final Spin spin, final int strideBytes, final int depth,
           final int signalEvery, final Requests requests) {
        words = side.words();
        queuePair = side.queuePair();
        completions = side.sendCompletions();
        this.base = base;
        this.spin = spin;
        this.strideBytes = strideBytes;
        this.depth = depth;
        this.signalEvery = signalEvery;
        inList = Math.min(LIST, signalEvery);
        this.requests = new SendRequest[depth];
        lists = new SendRequest[depth / inList][inList];
        for (int place = 0; place < depth; place++) {
            final SendRequest request = requests.make(place, base + (long) place * strideBytes)
                .signalled(place % signalEvery == signalEvery - 1);
            this.requests[place] = request;
            lists[place / inList][place % inList] = request;
        }
    }

    /*
     * A post finds its places free: the one before has waited for them. So who answers a message does that first, and
     * waits, if need be, while the answer is on its way.
     */

    /** Posts the next request with that number in its place; then waits for the next place. */
    void post(final long sequence) {
        final long number = posted.get();
        final int place = (int) number & depth - 1;
        words.putLong(base + place * strideBytes, sequence);
        queuePair.postSend(requests[place]);
        posted.set(number + 1);
        awaitPlace();
    }

    /** Posts the next list of requests, numbered from {@code sequence} on; then waits for the next list's places. */
    void postList(final long sequence) {
        final int place = (int) posted.get() & depth - 1;
        for (int i = 0; i < inList; i++) {
            words.putLong(base + (place + i) * strideBytes, sequence + i);
        }
        postListUnnumbered();
    }

    /**
     * The same with the places as they are, so that requests may share one.
     *
     * @return how many they are
     */
    int postListUnnumbered() {
        final long number = posted.get();
        final int place = (int) number & depth - 1;
        queuePair.postSend(lists[place / inList], inList);
        posted.set(number + inList);
        awaitPlace();
        return inList;
    }

    /** Waits for the place of the next request, and so for those of the list that it begins. */
    private void awaitPlace() {
        final long number = posted.get();
        if (number - done.get() == depth) {
            await(number - depth + 1);
        }
    }

    /** Waits until all is done; the last request that was posted is a signalled one. */
    void drain() {
        await(posted.get());
    }

    private void await(final long number) {
        int looks = 0;
        while (done.get() < number) {
            if (completions.poll(this, POLL_LIMIT) == 0) {
                looks = spin.pause(looks, "the completion of a request");
            }
        }
    }

    @Override
    public void onCompletion(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw failed(completion);
        }
        done.set(done.get() + signalEvery);
    }

    /** Fails the experiment: a request came to nothing. */
    static ExperimentException failed(final Completion completion) {
        return new ExperimentException("request " + completion.wrId() + " completed with " + completion.status()
            + ", vendor error 0x" + Integer.toHexString(completion.vendorError()));
    }
}
