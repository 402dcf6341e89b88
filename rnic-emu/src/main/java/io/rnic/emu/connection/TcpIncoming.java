package io.rnic.emu.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection that somebody asks this device for by TCP. */
final class TcpIncoming extends TcpSetUp implements ConnectionPath {
    private final Listening listening;
    private final DuplexChannel channel;
    private @Nullable SetUp request;
    private @Nullable PendingConnection pending;
    /** Whether it ended before there was a request. */
    private boolean refused;

    TcpIncoming(final TcpPorts tcp, final Listening listening, final DuplexChannel channel) {
        super(tcp, false);
        this.listening = listening;
        this.channel = channel;
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        tcp.enter(channel);
        super.channelActive(context);
    }

    @Override
    void setUp(final ChannelHandlerContext context, final SetUp peer) {
        tcp.leave(channel);
        final PendingConnection asked = new PendingConnection(tcp.ports(), this,
            (InetSocketAddress) channel.remoteAddress(), peer.privateData(), reads(peer));
        synchronized (tcp.ports()) {
            request = peer;
            pending = asked;
            try {
                listening.add(asked);
            } catch (final RnicException e) {
                tcp.refused();
                asked.refuse(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    void failed(final String why) {
        tcp.leave(channel);
        synchronized (tcp.ports()) {
            if (pending != null) {
                pending.withdraw();
            } else if (!refused) {
                refused = true; // and is told again when the channel is closed
                tcp.refused();
            }
        }
    }

    @Override
    public void accept(final Endpoint accepting, final byte[] privateData) {
        accepting.checkConnectable();
        final SetUp asked = Objects.requireNonNull(request);
        final ReadLimits agreed = withBeginning(
            accepting.nic().reads().agreedWith(reads(asked)), beginning(asked.enhanced()));
        final TcpStream connected = connect(channel, accepting, agreed, asked, false);
        if (asked.enhanced() != null && asked.enhanced().peerToPeer()) {
            connected.expectFirst(tcp.settings().timeoutMs());
        }
        // Under the connection lock nothing else moves it out of INIT.
        accepting.nic().move(QueuePairState.INIT, QueuePairState.RTS);
        stream = connected;
        send(channel, asked.accept(tcp.settings().markers(), tcp.settings().crc() || asked.crc(),
            answer(asked.enhanced(), agreed), privateData)).addListener(sent -> handOver(channel));
    }

    @Override
    public void reject(final byte[] privateData) {
        final SetUp asked = Objects.requireNonNull(request);
        send(channel, asked.reject(tcp.settings().markers(), tcp.settings().crc() || asked.crc(),
            answer(asked.enhanced(), new ReadLimits(0, 0)), privateData));
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void withdraw() {
        channel.close();
    }

    /** Where the peer begins with a Read, that one is answered though neither side would have any (RFC 6581 §9.1). */
    private static ReadLimits withBeginning(final ReadLimits agreed, final EnhancedData beginning) {
        return beginning.rtrRead() && agreed.ird() == 0 ? new ReadLimits(agreed.ord(), 1) : agreed;
    }

    /** Of the messages that the peer can begin with, one; if it says none, a Write all the same (RFC 6581 §9.2). */
    private static EnhancedData beginning(final @Nullable EnhancedData asked) {
        if (asked == null) {
            return EnhancedData.ofDepths(0, 0);
        }
        final boolean write = asked.rtrWrite() || !(asked.rtrRead() || asked.rtrSend());
        final boolean read = !write && asked.rtrRead();
        final boolean send = !write && !read;
        return new EnhancedData(asked.peerToPeer(), send, write, read, 0, 0);
    }

    /** The depths that are agreed on, and what the peer begins with. */
    private static EnhancedData answer(final @Nullable EnhancedData asked, final ReadLimits agreed) {
        if (asked == null) {
            return EnhancedData.ofDepths(agreed.ird(), agreed.ord());
        }
        final EnhancedData begun = beginning(asked);
        return new EnhancedData(asked.peerToPeer(), begun.rtrSend(), begun.rtrWrite(), begun.rtrRead(),
            asked.ird() == EnhancedData.NOT_NEGOTIATED ? EnhancedData.NOT_NEGOTIATED : agreed.ird(),
            asked.ord() == EnhancedData.NOT_NEGOTIATED ? EnhancedData.NOT_NEGOTIATED : agreed.ord());
    }
}
