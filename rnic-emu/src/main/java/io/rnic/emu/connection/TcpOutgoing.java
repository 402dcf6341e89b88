package io.rnic.emu.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.verbs.QueuePairState;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection that this device asks for by TCP. */
final class TcpOutgoing extends TcpSetUp implements ConnectionPath {
    private final Endpoint asking;
    private final InetSocketAddress remote;
    private final byte[] privateData;
    private final PendingConnection pending;
    private @Nullable Channel channel;

    TcpOutgoing(final TcpPorts tcp, final Endpoint asking, final InetSocketAddress remote, final byte[] privateData) {
        super(tcp, true);
        this.asking = asking;
        this.remote = remote;
        this.privateData = privateData;
        pending = new PendingConnection(tcp.ports(), this, remote, privateData, asking.nic().reads());
    }

    PendingConnection pending() {
        return pending;
    }

    void begin() {
        final ChannelFuture connecting = tcp.settings().transport().client().handler(this).connect(remote);
        channel = connecting.channel();
        connecting.addListener(future -> {
            if (!future.isSuccess()) {
                failed(Unreached.why(future.cause(), remote));
            }
        });
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        super.channelActive(context);
        final ReadLimits reads = pending.reads();
        send((DuplexChannel) context.channel(), SetUp.request(tcp.settings().markers(), tcp.settings().crc(),
            new EnhancedData(true, false, true, false, reads.ird(), reads.ord()), privateData));
    }

    @Override
    void setUp(final ChannelHandlerContext context, final SetUp peer) {
        synchronized (tcp.ports()) {
            if (!pending.isPending()) {
                context.close();
            } else if (peer.rejected()) {
                pending.rejected(peer.privateData());
                context.close();
            } else if (needsOtherBeginning(peer.enhanced())) {
                terminate(context, peer, TerminateCode.NO_MATCHING_RTR,
                    "it can begin with no message that this side can send");
            } else if (needsMoreReads(peer.enhanced())) {
                terminate(context, peer, TerminateCode.INSUFFICIENT_IRD, "the peer would have more RDMA Reads"
                    + " outstanding (ORD) than the " + pending.reads().ird() + " that this queue pair answers (IRD)");
            } else {
                connect((DuplexChannel) context.channel(), peer);
            }
        }
    }

    /** A connection that is accepted and cannot be used ends by a Terminate, the only FPDU of its half-stream. */
    private void terminate(final ChannelHandlerContext context, final SetUp peer, final int code, final String why) {
        sendFirst((DuplexChannel) context.channel(),
            TerminateHeader.frame(code, peer.markers(), tcp.settings().crc() || peer.crc()))
            .addListener(sent -> failed(why)); // which closes it
    }

    private boolean needsMoreReads(final @Nullable EnhancedData agreed) {
        return agreed != null && agreed.ord() != EnhancedData.NOT_NEGOTIATED && agreed.ord() > pending.reads().ird();
    }

    private static boolean needsOtherBeginning(final @Nullable EnhancedData agreed) {
        return agreed != null && agreed.peerToPeer() && !agreed.rtrWrite();
    }

    private void connect(final DuplexChannel connected, final SetUp peer) {
        final TcpStream made =
            connect(connected, asking, pending.reads().agreedWith(reads(peer)), peer, true);
        final EnhancedData agreed = peer.enhanced();
        if (agreed != null && agreed.peerToPeer()) {
            made.sendReadyToReceive();
        }
        asking.nic().move(QueuePairState.INIT, QueuePairState.RTS);
        stream = made;
        pending.accepted(peer.privateData());
        handOver(connected);
    }

    @Override
    void failed(final String why) {
        pending.refuse(why);
    }

    @Override
    public void accept(final Endpoint accepting, final byte[] data) {
        throw new IllegalStateException("the asking side does not answer");
    }

    @Override
    public void reject(final byte[] data) {
        withdraw();
    }

    /** A channel that was never made, for no descriptor was left, is not open and cannot be closed either. */
    @Override
    public void withdraw() {
        final Channel connecting = Objects.requireNonNull(channel);
        if (connecting.isOpen()) {
            connecting.close();
        }
    }
}
