package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.StreamReceiver;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.queue.IdlePolls;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.verbs.Diagnosis.Check;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair's connection by TCP after its set-up: what comes in goes to the one placement, what goes out leaves by
 * {@link TcpLink}.
 */
public final class TcpStream {
    private final Engine engine;
    private final QueuePairContext queuePair;
    private final DuplexChannel channel;
    private final TcpOutput output;
    /** Null where the channel's event loop does it all. */
    private final @Nullable PolledSocket socket;
    private final TcpLink link;
    private final StreamReceiver receiver;
    private final FpduReader reader;
    private final ArrivalTimer timer;
    private final Runnable work = this::work;
    private final Runnable ending = this::endedByPeer;
    /** This side has ended the connection: what still comes is thrown away. */
    private volatile boolean closing;
    private final int stallMs;

    /** Ends the wait for the peer's first FPDU: written before anything is read, then by who reads. */
    private @Nullable Future<?> first;
    private @Nullable ReceiveBuffer current;
    private int offset;
    private int length;

    /**
     * What both sides have agreed on.
     *
     * @param crc             whether CRCs are used
     * @param markersReceived whether there are markers in what comes
     * @param markersSent     whether there are markers in what is sent
     * @param open            whether this side may send first
     * @param stallMs         how long the peer may not go on with what is begun, or with answers
     */
    public record Agreement(
        boolean crc, boolean markersReceived, boolean markersSent, boolean open, int stallMs) {
    }

    /**
     * Connects a queue pair in INIT, whose limits on Reads are agreed on, by a channel whose set-up is done.
     *
     * @param polls where who polls in vain may look for what has arrived
     */
    public TcpStream(final Engine engine, final FaultPlan faults, final QueuePairContext queuePair,
        final List<IdlePolls> polls, final DuplexChannel channel, final @Nullable CapturedSide captured,
        final Agreement agreed) {
        this.engine = engine;
        this.queuePair = queuePair;
        this.channel = channel;
        stallMs = agreed.stallMs;
        final Runnable whenReady = () -> engine.process(queuePair);
        TcpTransport.keepAlive(channel, agreed.stallMs);
        final DirectSocket direct = TcpTransport.directSocket(channel, agreed.stallMs);
        socket = direct == null ? null
            : new PolledSocket(direct, (IoEventLoop) channel.eventLoop(), polls, captured, this, whenReady);
        timer = timer(channel);
        output = socket == null ? new ChannelOutput(
            channel, captured, whenReady, stallMs, () -> drop(Check.NOT_TAKEN, stallMs)) : socket.output();
        link = new TcpLink(output, Fpdu.mulpdu(TcpTransport.segmentBytes(channel), agreed.markersSent),
            agreed.crc, agreed.markersSent, agreed.open, later(channel, whenReady), timer::arm, this::disconnect);
        queuePair.connect(faults.around(link, queuePair));
        receiver = new StreamReceiver(engine, queuePair);
        reader = new FpduReader(receiver, agreed.crc, agreed.markersReceived);
    }

    private Runnable later(final DuplexChannel channel, final Runnable whenReady) {
        return socket == null ? () -> channel.eventLoop().execute(whenReady) : socket::later;
    }

    private ArrivalTimer timer(final DuplexChannel channel) {
        return new ArrivalTimer(channel.eventLoop(), stallMs) {
            @Override
            long owed() {
                return closing ? 0 : receiver.owed();
            }

            @Override
            void drop(final boolean inside) {
                TcpStream.this.drop(inside ? Check.PEER_STALLED : Check.NO_ANSWER, stallMs);
            }
        };
    }

    private void drop(final Check why, final int timeoutMs) {
        receiver.giveUp(why, timeoutMs);
        if (socket != null) {
            socket.closeNow();
        } else {
            channel.close();
        }
    }

    /**
     * Drops a peer that has said that it begins (RFC 6581 §7) and does not; before anything is read.
     *
     * @param timeoutMs how long it may take
     */
    public void expectFirst(final int timeoutMs) {
        first = channel.eventLoop().schedule(() -> {
            if (!link.isOpen()) {
                drop(Check.NO_FIRST_MESSAGE, timeoutMs);
            }
        }, timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** The socket says why it is lost; {@link #ended} follows. Any thread. */
    void lost(final IOException why) {
        if (DirectSocket.isTimedOut(why)) {
            receiver.giveUp(Check.NOT_TAKEN, stallMs);
        }
    }

    /** A timer that is not needed would keep the connection in memory. */
    private void forgetFirst() {
        if (first != null) {
            first.cancel(false);
            first = null;
        }
    }

    /** Sends an RDMA Write without bytes, so that the peer may send (RFC 6581 §7); before the queue pair is in RTS. */
    public void sendReadyToReceive() {
        link.tagged(RdmapOpcode.WRITE, 0, 0, 0, true);
        link.end(false);
        link.flush();
    }

    /**
     * Reads and writes without the channel from now on, if it can; in the channel's event loop.
     *
     * @return whether the channel is not needed any more
     */
    public boolean takeOver() {
        if (socket != null) {
            socket.begin();
        }
        return socket != null;
    }

    /** Takes what the channel has read; in its event loop. */
    public void read(final ByteBuf bytes) {
        read(ReceiveBuffer.of(bytes), bytes.readerIndex(), bytes.readableBytes());
    }

    /** Takes what was read: one thread at a time. */
    void read(final ReceiveBuffer from, final int at, final int count) {
        if (closing || count == 0) {
            return;
        }
        current = from;
        offset = at;
        length = count;
        engine.arrived(queuePair, receiver, work);
        current = null; // or an idle connection would keep it
        timer.arrived(count, !closing && (reader.isInside() || receiver.isInMessage()));
        if (reader.hasRead() && link.openUp()) {
            forgetFirst();
            engine.process(queuePair);
        }
    }

    private void work() {
        if (closing) {
            return; // since it was asked: what was flushed meanwhile is the application's memory again
        }
        final int result = reader.read(Objects.requireNonNull(current), offset, length);
        if (result != Terminate.NONE) {
            closing = true;
            receiver.fail(result);
        }
    }

    /** The peer sends no more, or the connection is lost; who reads says so. */
    public void ended() {
        engine.arrived(queuePair, receiver, ending);
        reader.close();
        timer.stop();
        forgetFirst();
        output.close();
    }

    private void endedByPeer() {
        if (!closing) {
            engine.peerDisconnected(queuePair);
        }
    }

    private void disconnect() {
        closing = true;
        output.finish();
    }
}
