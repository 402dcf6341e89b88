package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where bytes of a socket are looked at: as a segment for what they say, as a buffer for their CRC. Each thread that
 * reads has one for all its connections, one after the other: a connection keeps no memory for what it has read and
 * placed.
 */
final class ReceiveBuffer {
    /** Bytes that are read at once. */
    static final int BYTES = 1 << 18;

    private static final FastThreadLocal<ReceiveBuffer> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected ReceiveBuffer initialValue() {
            return new ReceiveBuffer(ByteBuffer.allocateDirect(BYTES));
        }
    };

    private static final FastThreadLocal<Deque<ReceiveBuffer>> FREE_FRAMES = new FastThreadLocal<>() {
        @Override
        protected Deque<ReceiveBuffer> initialValue() {
            return new ArrayDeque<>();
        }
    };

    private static final int MAX_FREE_FRAMES = 16;

    /** The longest frame, with its markers. */
    private static final int FRAME_BYTES =
        Fpdu.MAX_LENGTH + Markers.LENGTH * (2 + Fpdu.MAX_LENGTH / (Markers.INTERVAL - Markers.LENGTH));

    final ByteBuffer view;
    final MemorySegment segment;
    private final @Nullable ByteBuf netty;

    ReceiveBuffer(final ByteBuffer bytes) {
        view = bytes;
        segment = MemorySegment.ofBuffer(bytes.duplicate().clear());
        netty = Unpooled.wrappedBuffer(bytes.duplicate().clear());
    }

    /** The calling thread's own. */
    static ReceiveBuffer ofThread() {
        return OF_THREAD.get();
    }

    /** The buffer that holds what was read: the loop's own, or one of a transport that reads when it likes. */
    @SuppressWarnings("ReferenceEquality") // whether it is the very buffer; equal bytes are no matter
    static ReceiveBuffer of(final ByteBuf read) {
        final ReceiveBuffer own = OF_THREAD.get();
        return own.netty == read ? own : new ReceiveBuffer(read.nioBuffer(0, read.writerIndex()));
    }

    /** A buffer of this thread for one frame; only while a frame is split does its connection need one. */
    static ReceiveBuffer borrow() {
        final ReceiveBuffer free = FREE_FRAMES.get().poll();
        return free != null ? free : new ReceiveBuffer(ByteBuffer.allocateDirect(FRAME_BYTES));
    }

    /** Gives back what was borrowed, to the thread that calls; it keeps a few. */
    void giveBack() {
        final Deque<ReceiveBuffer> free = FREE_FRAMES.get();
        if (free.size() < MAX_FREE_FRAMES) {
            free.push(this);
        }
    }

    /** Lets Netty read into the buffer of the loop that reads. */
    static RecvByteBufAllocator shared() {
        return new Shared();
    }

    private static final class Shared extends DefaultMaxMessagesRecvByteBufAllocator {
        @Override
        @SuppressWarnings("deprecation") // the type that the interface has
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return BYTES;
                }

                @Override
                public ByteBuf allocate(final ByteBufAllocator alloc) {
                    return Objects.requireNonNull(OF_THREAD.get().netty).clear().retain();
                }
            };
        }
    }
}
