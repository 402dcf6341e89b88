package io.rnic.bench.peers;

import io.rnic.bench.run.OwnLine;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.ReceiveRequest;
import org.agrona.concurrent.AtomicBuffer;

/**
 * What one side receives: receives that are made beforehand, one for each place in its memory, and posted in turn. Of
 * each message the sequence number is read from where it arrived, and must be the next.
 *
 * <p>For one thread. Polling and posting allocate nothing.
 */
final class Inbox implements CompletionHandler {
    private final AtomicBuffer words;
    private final QueuePair queuePair;
    private final CompletionQueue completions;
    private final ReceiveRequest[] requests;
    private final ReceiveRequest[][] lists;
    private final int offset;
    private final int depth;
    private final int inList;
    private final OwnLine last = new OwnLine();
    private final OwnLine posted = new OwnLine();

    /**
     * Makes the receives; the thread whose side it is posts them.
     *
     * @param offset of the first place in the side's memory
     * @param depth  places, a power of two
     * @param inList how many are posted together; divides {@code depth}
     */
    Inbox(final Side side, final int offset, final int depth, final int inList) {
        words = side.words();
        queuePair = side.queuePair();
        completions = side.receiveCompletions();
        this.offset = offset;
        this.depth = depth;
        this.inList = inList;
        requests = new ReceiveRequest[depth];
        lists = new ReceiveRequest[depth / inList][inList];
        for (int place = 0; place < depth; place++) {
            final long at = offset + (long) place * RoundTrips.MESSAGE_BYTES;
            requests[place] = new ReceiveRequest().receive(place).sge(side.inbox(), at, RoundTrips.MESSAGE_BYTES);
            lists[place / inList][place % inList] = requests[place];
        }
    }

    /** Takes messages, up to so many, and returns the sequence number of the last that ever came. */
    long poll(final int limit) {
        completions.poll(this, limit);
        return last.get();
    }

    @Override
    public void onCompletion(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw Outbox.failed(completion);
        }
        final long sequence = words.getLong(offset + (int) completion.wrId() * RoundTrips.MESSAGE_BYTES);
        final long expected = last.get() + 1;
        if (sequence != expected) {
            throw RoundTrips.wrongSequence(expected, sequence);
        }
        last.set(expected);
    }

    /** Posts receives, one by one, until one for each place is posted. */
    void repost() {
        long number = posted.get();
        while (number - last.get() < depth) {
            final int place = (int) number & depth - 1;
            queuePair.postReceive(requests[place]);
            number++;
        }
        posted.set(number);
    }

    /** Posts one list of receives if so many places are free; true if it did. */
    boolean repostList() {
        final long number = posted.get();
        if (number - last.get() > depth - inList) {
            return false;
        }
        queuePair.postReceive(lists[((int) number & depth - 1) / inList], inList);
        posted.set(number + inList);
        return true;
    }

    /** The sequence number of the last message. */
    long last() {
        return last.get();
    }

    /** How many receives were posted in all: up to that number the peer may send. */
    long posted() {
        return posted.get();
    }
}
