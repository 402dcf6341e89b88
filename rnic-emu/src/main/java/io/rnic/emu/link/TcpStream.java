package io.rnic.emu.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DuplexChannel;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.StreamReceiver;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.RdmapOpcode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair's connection by TCP after its set-up: what comes in goes to the one placement, what goes out leaves by
 * {@link TcpLink}.
 */
public final class TcpStream {
    private final Engine engine;
    private final QueuePairContext queuePair;
    private final TcpOutput output;
    private final TcpLink link;
    private final StreamReceiver receiver;
    private final FpduReader reader;
    private final Runnable work = this::work;
    private final Runnable ending = this::endedByPeer;
    /** This side has ended the connection: what still comes is thrown away. */
    private volatile boolean closing;

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
     */
    public record Agreement(boolean crc, boolean markersReceived, boolean markersSent, boolean open) {
    }

    /** Connects a queue pair in INIT, whose limits on Reads are agreed on, by a channel whose set-up is done. */
    public TcpStream(final Engine engine, final FaultPlan faults, final QueuePairContext queuePair,
        final DuplexChannel channel, final @Nullable CapturedSide captured, final Agreement agreed) {
        this.engine = engine;
        this.queuePair = queuePair;
        output = new TcpOutput(channel, captured, () -> engine.process(queuePair));
        link = new TcpLink(output, Fpdu.mulpdu(TcpTransport.segmentBytes(channel), agreed.markersSent),
            agreed.crc, agreed.markersSent, agreed.open, this::disconnect);
        queuePair.connect(faults.around(link, queuePair));
        receiver = new StreamReceiver(engine, queuePair);
        reader = new FpduReader(receiver, agreed.crc, agreed.markersReceived);
    }

    /** Sends an RDMA Write without bytes, so that the peer may send (RFC 6581 §7); before the queue pair is in RTS. */
    public void sendReadyToReceive() {
        link.tagged(RdmapOpcode.WRITE, 0, 0, 0, true);
        link.end();
        link.flush();
    }

    /** Takes what was read; in the event loop. */
    public void read(final ByteBuf bytes) {
        if (closing || !bytes.isReadable()) {
            return;
        }
        current = ReceiveBuffer.of(bytes);
        offset = bytes.readerIndex();
        length = bytes.readableBytes();
        engine.arrived(queuePair, receiver, work);
        if (reader.hasRead() && link.openUp()) {
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

    /** The peer sends no more, or the connection is lost; in the event loop. */
    public void ended() {
        engine.arrived(queuePair, receiver, ending);
        reader.close();
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
