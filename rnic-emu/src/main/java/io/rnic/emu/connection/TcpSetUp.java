package io.rnic.emu.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.CapturedSide;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import io.rnic.emu.wire.WireText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection by TCP: first gathers the peer's set-up frame, then, when a queue pair is connected, hands
 * what comes to its stream. In the event loop, but for what the application's threads call.
 */
abstract class TcpSetUp extends ChannelInboundHandlerAdapter {
    final TcpPorts tcp;
    private final boolean awaitsReply;
    private final MemorySegment frame = MemorySegment.ofArray(new byte[SetUpFrame.MAX_LENGTH]);
    private int gathered;
    private boolean complete;
    private @Nullable Future<?> timeout;
    /** Where FPDUs go; null before the connection is there. */
    volatile @Nullable TcpStream stream;

    private @Nullable CapturedSide captured;
    /** The stream reads and writes by itself: the channel is closed without any meaning. */
    private boolean handedOver;

    TcpSetUp(final TcpPorts tcp, final boolean awaitsReply) {
        this.tcp = tcp;
        this.awaitsReply = awaitsReply;
    }

    /** The peer's set-up frame has come. */
    abstract void setUp(ChannelHandlerContext context, SetUp peer);

    /** What came is no set-up frame, or there was none in time, or the connection went before. */
    abstract void failed(String why);

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        captured = CapturedSide.of(tcp.ports().capture(), (InetSocketAddress) context.channel().localAddress(),
            (InetSocketAddress) context.channel().remoteAddress(), awaitsReply);
        final int timeoutMs = tcp.settings().timeoutMs();
        timeout = context.executor().schedule(() -> {
            if (!complete) {
                failed("no set-up frame within " + timeoutMs + " ms");
                context.close();
            }
        }, timeoutMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        try {
            if (captured != null) {
                captured.received(bytes.nioBuffer());
            }
            if (stream == null && !complete) {
                gather(context, bytes);
            }
            final TcpStream connected = stream;
            if (connected != null) {
                connected.read(bytes);
            } else if (complete && bytes.isReadable()) {
                refuse(context, "bytes came before they may");
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void gather(final ChannelHandlerContext context, final ByteBuf bytes) {
        while (!complete) {
            switch (SetUpFrame.parse(frame, 0, gathered, awaitsReply)) {
                case SetUpResult.Bad(SetUpResult.Reason reason) -> {
                    refuse(context, "what came is no MPA set-up frame: "
                        + WireText.noSetUp(reason, frame, 0, gathered, awaitsReply));
                    return;
                }
                case SetUpResult.NeedMore(int length) -> {
                    final int piece = Math.min(bytes.readableBytes(), length - gathered);
                    if (piece == 0) {
                        return;
                    }
                    MemorySegment.copy(MemorySegment.ofBuffer(bytes.nioBuffer(bytes.readerIndex(), piece)), 0, frame,
                        gathered, piece);
                    bytes.skipBytes(piece);
                    gathered += piece;
                }
                case SetUpResult.Parsed(SetUp peer, int length) -> {
                    complete();
                    setUp(context, peer);
                }
            }
        }
    }

    /** A timer that is not needed would keep the connection in memory. */
    private void complete() {
        complete = true;
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    private void refuse(final ChannelHandlerContext context, final String why) {
        complete();
        failed(why);
        context.close();
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended(context);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        if (captured != null && !handedOver) {
            captured.ended();
        }
        ended(context);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        ended(context);
        if (!(cause instanceof IOException)) { // no peer's doing but a mistake here: Netty logs it
            context.fireExceptionCaught(cause);
        }
    }

    private void ended(final ChannelHandlerContext context) {
        if (handedOver) {
            return;
        }
        if (captured != null) {
            captured.peerEnded();
        }
        complete();
        final TcpStream connected = stream;
        if (connected != null) {
            connected.ended();
        } else {
            failed("the peer closed the connection");
            context.close();
        }
    }

    /** Sends a frame in one piece: a peer may not put pieces together. */
    ChannelFuture send(final DuplexChannel channel, final SetUp setUp) {
        final byte[] bytes = new byte[setUp.length()];
        SetUpFrame.write(MemorySegment.ofArray(bytes), 0, setUp);
        return sendFirst(channel, bytes);
    }

    /** Sends bytes that come before any stream. */
    final ChannelFuture sendFirst(final DuplexChannel channel, final byte[] bytes) {
        if (captured != null) {
            captured.sent(MemorySegment.ofArray(bytes));
        }
        return channel.writeAndFlush(channel.alloc().directBuffer(bytes.length).writeBytes(bytes));
    }

    /** Lets the stream do without the channel, if it can, when this side's frame has left. */
    void handOver(final DuplexChannel channel) {
        channel.eventLoop().execute(() -> {
            final TcpStream connected = stream;
            if (connected != null && connected.takeOver()) {
                handedOver = true;
                channel.close();
            } else if (connected != null && !channel.isActive()) {
                connected.ended(); // it was closed before there was a stream to tell
            }
        });
    }

    /** Connects a queue pair; the caller holds the lock of the ports. */
    TcpStream connect(final DuplexChannel channel, final Endpoint endpoint, final ReadLimits agreed,
        final SetUp peer, final boolean open) {
        endpoint.nic().agree(agreed);
        return new TcpStream(tcp.ports().engine(), tcp.ports().faults(), endpoint.nic(), endpoint.idlePolls(),
            channel, captured,
            new TcpStream.Agreement(tcp.settings().crc() || peer.crc(), tcp.settings().markers(), peer.markers(),
                open, tcp.settings().stallMs()));
    }

    /** How many Reads the peer would have under way and answers, as far as it says so. */
    static ReadLimits reads(final SetUp peer) {
        final EnhancedData enhanced = peer.enhanced();
        return enhanced == null ? new ReadLimits(EnhancedData.NOT_NEGOTIATED, EnhancedData.NOT_NEGOTIATED)
            : new ReadLimits(enhanced.ord(), enhanced.ird());
    }
}
