package io.rnic.bench.peers;

import io.rnic.bench.run.OwnLine;
import io.rnic.bench.run.Spin;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/**
 * Sends one way on one queue pair, as many as go, with the flow control that an iWARP application must bring along.
 *
 * <pre>
 *   client: send lists while sent &lt; credit    server: take messages, post lists of receives again,
 *           CREDIT word  &lt;--- RDMA Write ----          after each list say how many were posted in all
 * </pre>
 */
final class SendStream implements PeerTest {
    private static final int SENDS = 128;
    private static final int SIGNAL_EVERY = 64;
    /** Many: a sender that is far ahead does not write the lines that the receiver looks at. */
    private static final int RECEIVES = 4096;
    private static final int RECEIVES_IN_LIST = 32;
    private static final int GRANTS = 64;
    private static final int GRANTS_PER_SIGNAL = 16;

    /** Places to send from, then the word that the server grants, then places to receive into. */
    private static final int CREDIT = SENDS * RoundTrips.MESSAGE_BYTES + 4096;
    private static final int INBOX_OFFSET = CREDIT + 4096;

    private final Duet duet;
    private final Link link;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final Outbox messages;
    private final Outbox grants;
    private final Inbox inbox;
    private final OwnLine taken = new OwnLine();
    private long sent;
    private long credit = RECEIVES;

    SendStream(final Duet duet, final Rnic nic) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
        link = Link.open(nic, INBOX_OFFSET + RECEIVES * RoundTrips.MESSAGE_BYTES, Math.max(SENDS, GRANTS), RECEIVES);
        final Side client = link.client();
        final Side server = link.server();
        messages = new Outbox(client, ourSpin, RoundTrips.MESSAGE_BYTES, SENDS, SIGNAL_EVERY, (place, offset) ->
            new SendRequest().send(place).sge(client.region(), offset, RoundTrips.MESSAGE_BYTES));
        final long target = client.region().address() + CREDIT;
        grants = new Outbox(server, theirSpin, Long.BYTES, GRANTS, GRANTS_PER_SIGNAL, (place, offset) ->
            new SendRequest().write(place, target, client.region().rkey()).sge(server.region(), offset, Long.BYTES));
        inbox = new Inbox(server, INBOX_OFFSET, RECEIVES, RECEIVES_IN_LIST);
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(this::fill, this::take, this::stream, durationNs, slice);
    }

    private void stream(final long durationNs, final Slice slice) {
        final long sentBefore = sent;
        long sequence = sent;
        long allowed = credit;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < Streams.BATCH; i += Outbox.LIST) {
                int looks = 0;
                while (sequence + Outbox.LIST > allowed) {
                    allowed = Math.max(allowed, link.client().words().getLongAcquire(CREDIT));
                    if (sequence + Outbox.LIST > allowed) {
                        looks = ourSpin.pause(looks, "receives of the peer");
                    }
                }
                messages.postList(sequence + 1);
                sequence += Outbox.LIST;
            }
        } while (System.nanoTime() - startNs < durationNs);
        int looks = 0;
        while (taken.getAcquire() != sequence) {
            looks = ourSpin.pause(looks, "the last Send to be taken");
        }
        messages.drain();
        sent = sequence;
        credit = allowed;
        slice.record(System.nanoTime() - startNs, sent - sentBefore);
    }

    private void fill() {
        boolean posted = inbox.repostList();
        while (posted) {
            posted = inbox.repostList();
        }
    }

    private void take() {
        int looks = 0;
        long seen = inbox.last();
        while (true) {
            final long last = inbox.poll(Streams.TAKE);
            if (last != seen) {
                seen = last;
                looks = 0;
                while (inbox.repostList()) {
                    grants.post(inbox.posted());
                }
                continue;
            }
            if (looks == 0) {
                taken.setRelease(seen);
            }
            looks = theirSpin.pause(looks, "Sends");
            if (theirSpin.stopped(looks)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
