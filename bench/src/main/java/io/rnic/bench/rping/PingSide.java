package io.rnic.bench.rping;

import io.rnic.bench.tcp.Messenger;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;

/** What either side of a ping needs: a queue pair, its messages of 16 bytes, and a buffer for the text. */
final class PingSide implements AutoCloseable {
    private static final int MESSAGE_BYTES = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Messenger messenger;

    /** A side that is not connected, with a receive posted. */
    PingSide(final Rnic nic) {
        messenger = new Messenger(nic, MESSAGE_BYTES);
    }

    QueuePair queuePair() {
        return messenger.queuePair();
    }

    /** Gives a peer up that lets this side wait for so long: what waits fails then. */
    void giveUpAfter(final Duration patience) {
        messenger.giveUpAfter(patience);
    }

    /** Does that, once, when the peer has let this side wait for so long. */
    void noticeAfter(final Duration limit, final Runnable what) {
        messenger.noticeAfter(limit, what);
    }

    /** Registers memory for texts. */
    MemoryRegion register(final int bytes, final Access... access) {
        return messenger.register(bytes, access);
    }

    /** Sends where a buffer is. */
    void advertise(final MemoryRegion buffer) {
        final MemorySegment message = messenger.outgoing();
        message.set(LONG, 0, buffer.address());
        message.set(INT, 8, buffer.rkey());
        message.set(INT, 12, (int) buffer.length());
        send();
    }

    /** Sends a message whose bytes nobody looks at. */
    void send() {
        messenger.send();
    }

    /** Where the peer's buffer is: of the message that came last. */
    record Advert(long address, int key, int length) {
    }

    /**
     * Waits for the peer's next message.
     *
     * @return whether one came; false when the peer has disconnected
     */
    boolean awaitMessage() {
        return messenger.awaitMessage();
    }

    /** Reads the message that came, and makes room for the next. */
    Advert takeMessage() {
        final MemorySegment message = messenger.incoming();
        final Advert advert = new Advert(message.get(LONG, 0), message.get(INT, 8), message.get(INT, 12));
        messenger.takeMessage();
        return advert;
    }

    void read(final MemoryRegion into, final Advert from, final int length) {
        messenger.execute(new SendRequest().read(0, from.address(), from.key()).sge(into, 0, length),
            CompletionOpcode.RDMA_READ);
    }

    void write(final MemoryRegion from, final Advert into, final int length) {
        messenger.execute(new SendRequest().write(0, into.address(), into.key()).sge(from, 0, length),
            CompletionOpcode.RDMA_WRITE);
    }

    /** Whether the connection ended because the peer, or this side, ended it. */
    boolean wasDisconnected() {
        return messenger.wasDisconnected();
    }

    /** Why the connection ended, for a message. */
    String reason() {
        return messenger.reason();
    }

    @Override
    public void close() {
        messenger.close();
    }
}
