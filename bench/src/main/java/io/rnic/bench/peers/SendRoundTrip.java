package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/**
 * Send and answer.
 *
 * <pre>
 *   client: send n, post a receive, wait for n  &lt;--&gt;  server: wait for n, send n, post a receive
 * </pre>
 */
final class SendRoundTrip implements PeerTest {
    private static final int SENDS = 128;
    private static final int SIGNAL_EVERY = 64;
    private static final int RECEIVES = 64;
    private static final int INBOX_OFFSET = SENDS * RoundTrips.MESSAGE_BYTES;

    private final Duet duet;
    private final Link link;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final Outbox questions;
    private final Outbox answers;
    private final Inbox ours;
    private final Inbox theirs;

    SendRoundTrip(final Duet duet, final Rnic nic) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
        link = Link.open(nic, INBOX_OFFSET + RECEIVES * RoundTrips.MESSAGE_BYTES, SENDS, RECEIVES);
        questions = outbox(link.client(), ourSpin);
        answers = outbox(link.server(), theirSpin);
        ours = new Inbox(link.client(), INBOX_OFFSET, RECEIVES, 1);
        theirs = new Inbox(link.server(), INBOX_OFFSET, RECEIVES, 1);
    }

    private static Outbox outbox(final Side side, final Spin spin) {
        return new Outbox(side, spin, RoundTrips.MESSAGE_BYTES, SENDS, SIGNAL_EVERY,
            (place, offset) -> new SendRequest().send(place).sge(side.region(), offset, RoundTrips.MESSAGE_BYTES));
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        ours.repost();
        duet.run(theirs::repost, this::answer, this::ask, durationNs, slice);
    }

    private void ask(final long durationNs, final Slice slice) {
        long sequence = ours.last();
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            for (int i = 0; i < RoundTrips.BATCH; i++) {
                sequence++;
                send(questions, ours, sequence);
                int looks = 0;
                while (ours.poll(1) != sequence) {
                    looks = ourSpin.pause(looks, "the answer to a Send");
                }
            }
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, RoundTrips.BATCH);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer() {
        long sequence = theirs.last();
        while (true) {
            sequence++;
            int looks = 0;
            while (theirs.poll(1) != sequence) {
                looks = theirSpin.pause(looks, "a Send");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            send(answers, theirs, sequence);
        }
    }

    /** A method of its own: beside a loop that waits the compiler would not put together what happens so seldom. */
    private static void send(final Outbox outbox, final Inbox inbox, final long sequence) {
        outbox.post(sequence);
        inbox.repost();
    }

    @Override
    public void close() {
        link.close();
    }
}
