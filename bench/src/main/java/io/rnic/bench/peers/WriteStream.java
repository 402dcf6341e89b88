package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/**
 * RDMA Writes of small messages, posted one by one or in lists, as many as go; the server's application does nothing.
 * Each goes to the place of the server's memory that it comes from in the client's.
 */
final class WriteStream implements PeerTest {
    private static final int DEPTH_ONE_BY_ONE = 256;
    private static final int SIGNAL_EVERY_ONE_BY_ONE = 64;
    private static final int DEPTH_IN_LISTS = 512;
    private static final int LISTS_PER_SIGNAL = 8;

    private final Duet duet;
    private final Link link;
    private final Outbox messages;
    private final boolean inLists;
    private final int depth;
    private long sent;

    /** Sets it up; {@code inLists}: posted in lists, of which the last request of every 8th is signalled. */
    WriteStream(final Duet duet, final Rnic nic, final boolean inLists) {
        this.duet = duet;
        this.inLists = inLists;
        depth = inLists ? DEPTH_IN_LISTS : DEPTH_ONE_BY_ONE;
        link = Link.open(nic, (long) depth * RoundTrips.MESSAGE_BYTES, depth, 1);
        final Side client = link.client();
        final long target = link.server().region().address();
        final int key = link.server().region().rkey();
        final Spin spin = duet.spin();
        final int signalEvery = inLists ? LISTS_PER_SIGNAL * Outbox.LIST : SIGNAL_EVERY_ONE_BY_ONE;
        messages = new Outbox(client, spin, RoundTrips.MESSAGE_BYTES, depth, signalEvery, (place, offset) ->
            new SendRequest().write(place, target + offset, key)
                .sge(client.region(), offset, RoundTrips.MESSAGE_BYTES));
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.alone(inLists ? this::postLists : this::postOneByOne, durationNs, slice);
        verify();
    }

    private void postOneByOne(final long durationNs, final Slice slice) {
        long sequence = sent;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < depth; i++) {
                sequence++;
                messages.post(sequence);
            }
        } while (System.nanoTime() - startNs < durationNs);
        messages.drain();
        slice.record(System.nanoTime() - startNs, sequence - sent);
        sent = sequence;
    }

    private void postLists(final long durationNs, final Slice slice) {
        long sequence = sent;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < depth / Outbox.LIST; i++) {
                messages.postList(sequence + 1);
                sequence += Outbox.LIST;
            }
        } while (System.nanoTime() - startNs < durationNs);
        messages.drain();
        slice.record(System.nanoTime() - startNs, sequence - sent);
        sent = sequence;
    }

    /** Between two looks at the clock it goes once round all places: the last message is in the last of them. */
    private void verify() {
        for (int place = 0; place < depth; place++) {
            final long expected = sent - (depth - 1 - place);
            final long arrived = link.server().words().getLong(place * RoundTrips.MESSAGE_BYTES);
            if (arrived != expected) {
                throw RoundTrips.wrongSequence(expected, arrived);
            }
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
