package io.rnic.bench.peers;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Makes Agrona's one-to-one rings and messages, outside of the heap. */
final class Rings {
    /** The type that a ring notes for each message; any will do. */
    static final int TYPE = 1;

    /** Fits the cache of a core, and is long enough that neither thread waits for the other at each message. */
    private static final int CAPACITY_BYTES = 128 * 1024;

    private Rings() {
    }

    /** An empty ring. */
    static OneToOneRingBuffer ring() {
        final int bytes = CAPACITY_BYTES + RingBufferDescriptor.TRAILER_LENGTH;
        final ByteBuffer memory = BufferUtil.allocateDirectAligned(bytes, 2 * BitUtil.CACHE_LINE_LENGTH);
        return new OneToOneRingBuffer(new UnsafeBuffer(memory));
    }

    /** A place for the message that a thread sends. */
    static UnsafeBuffer message() {
        return new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(RoundTrips.MESSAGE_BYTES, 2 * BitUtil.CACHE_LINE_LENGTH));
    }
}
