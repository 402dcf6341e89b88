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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where bytes of a socket are looked at: as a segment for what they say, as a buffer for their CRC. One is taken
 * for a read, and given back when what came is placed: a connection keeps no memory for what it has read.
 */
final class ReceiveBuffer {
    /** Bytes that are read at once. */
    static final int BYTES = 1 << 18;

    /** Of event loops, where Netty reads. */
    private static final FastThreadLocal<ReceiveBuffer> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected ReceiveBuffer initialValue() {
            return new ReceiveBuffer(ByteBuffer.allocateDirect(BYTES));
        }
    };

    private static final Shelf<ReceiveBuffer> SHELF =
        new Shelf<>(() -> new ReceiveBuffer(ByteBuffer.allocateDirect(BYTES)));
    private static final Shelf<ReceiveBuffer> FRAMES =
        new Shelf<>(() -> new ReceiveBuffer(ByteBuffer.allocateDirect(ReceiveBuffer.FRAME_BYTES)));

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

    /** A buffer for a read. */
    static ReceiveBuffer take() {
        return SHELF.take();
    }

    /** Gives back what was taken for a read. */
    void giveBack() {
        SHELF.putBack(this);
    }

    /** The buffer that holds what was read: the loop's own, or one of a transport that reads when it likes. */
    @SuppressWarnings("ReferenceEquality") // whether it is the very buffer; equal bytes are no matter
    static ReceiveBuffer of(final ByteBuf read) {
        final ReceiveBuffer own = OF_LOOP.get();
        return own.netty == read ? own : new ReceiveBuffer(read.nioBuffer(0, read.writerIndex()));
    }

    /** A buffer for one frame, null if all connections have too many; only while a frame is split is one needed. */
    static @Nullable ReceiveBuffer takeFrame() {
        if (!Budget.ALL.take(FRAME_BYTES)) {
            return null;
        }
        try {
            return FRAMES.take();
        } catch (final VirtualMachineError e) { // no memory
            Budget.ALL.giveBack(FRAME_BYTES);
            throw e;
        }
    }

    /** Gives back what was taken for a frame. */
    void giveBackFrame() {
        Budget.ALL.giveBack(FRAME_BYTES);
        FRAMES.putBack(this);
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
                    return Objects.requireNonNull(OF_LOOP.get().netty).clear().retain();
                }
            };
        }
    }
}
