package io.rnic.bench.peers;

import io.rnic.bench.run.OwnLine;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/**
 * Takes the messages of one thread from a ring, Agrona's or the bare one, or from Aeron: reads each one's sequence
 * number, which must be the next.
 */
final class Arrivals implements MessageHandler {
    private final OwnLine last = new OwnLine();

    /** From a ring. */
    @Override
    public void onMessage(final int type, final MutableDirectBuffer buffer, final int offset, final int length) {
        accept(buffer, offset);
    }

    /** From anywhere. */
    void accept(final DirectBuffer buffer, final int offset) {
        final long sequence = buffer.getLong(offset);
        final long expected = last.get() + 1;
        if (sequence != expected) {
            throw RoundTrips.wrongSequence(expected, sequence);
        }
        last.set(expected);
    }

    /** The sequence number of the last message. */
    long last() {
        return last.get();
    }
}
