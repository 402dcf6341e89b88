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
        final ReadLimits agreed = accepting.nic().reads().agreedWith(reads(asked));
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

    /** The depths that are agreed on, and of the messages that the peer can begin with one. */
    private static EnhancedData answer(final @Nullable EnhancedData asked, final ReadLimits agreed) {
        if (asked == null) {
            return EnhancedData.ofDepths(agreed.ird(), agreed.ord());
        }
        final boolean write = asked.rtrWrite();
        final boolean read = !write && asked.rtrRead();
        final boolean send = !write && !read && asked.rtrSend();
        return new EnhancedData(asked.peerToPeer(), send, write, read,
            asked.ird() == EnhancedData.NOT_NEGOTIATED ? EnhancedData.NOT_NEGOTIATED : agreed.ird(),
            asked.ord() == EnhancedData.NOT_NEGOTIATED ? EnhancedData.NOT_NEGOTIATED : agreed.ord());
    }
}
