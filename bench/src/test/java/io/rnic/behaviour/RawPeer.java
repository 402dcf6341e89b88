package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.testing.Completions;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * A peer that speaks iWARP by hand through a plain socket: it may do what no NIC does. Every FPDU has its CRC; whether
 * anybody looks at it is agreed on.
 */
public final class RawPeer implements AutoCloseable {
    private static final byte[] NOTHING = new byte[0];

    private final Socket socket;
    private final InputStream in;
    private boolean markers;
    private long position;

    private RawPeer(final Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Completions.PATIENCE.toMillis());
        in = socket.getInputStream();
    }

    /** The same with little room for what comes: the system of the peer takes only what the peer takes. */
    public static RawPeer connectNarrow(final InetSocketAddress address) throws IOException {
        final Socket socket = new Socket();
        socket.setReceiveBufferSize(1);
        socket.connect(address);
        return new RawPeer(socket);
    }

    /** Takes so many bytes, or fewer if fewer are there; below 0 when no more come. */
    public int take(final int bytes) throws IOException {
        return in.read(new byte[bytes]);
    }

    /** Connects to whoever listens there. */
    public static RawPeer connect(final InetSocketAddress address) throws IOException {
        return new RawPeer(new Socket(address.getAddress(), address.getPort()));
    }

    /** Asks for a connection with that queue pair, which accepts. */
    public static RawPeer connect(final Listener listener, final QueuePair queuePair)
        throws IOException, InterruptedException {
        final RawPeer peer = connect(listener.address()).request();
        Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(queuePair, NOTHING);
        peer.expectAccepted();
        return peer;
    }

    /** Takes the next connection. */
    public static RawPeer accept(final ServerSocket listening) throws IOException {
        listening.setSoTimeout((int) Completions.PATIENCE.toMillis());
        return new RawPeer(listening.accept());
    }

    /** The request that this project's NIC sends too, with private data. */
    public static SetUp request(final byte[] privateData) {
        return SetUp.request(false, true, new EnhancedData(true, false, true, false, 16, 16), privateData);
    }

    /** Sends a request and leaves the rest to others; {@link #expectAccepted} is next. */
    public RawPeer request() throws IOException {
        return send(frame(request(NOTHING)));
    }

    /** A set-up frame's bytes. */
    public static byte[] frame(final SetUp setUp) {
        final byte[] bytes = new byte[setUp.length()];
        SetUpFrame.write(MemorySegment.ofArray(bytes), 0, setUp);
        return bytes;
    }

    /** Sends bytes as they are. */
    public RawPeer send(final byte[]... pieces) throws IOException {
        int length = 0;
        for (final byte[] piece : pieces) {
            length += piece.length;
        }
        final byte[] all = new byte[length];
        int at = 0;
        for (final byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        socket.getOutputStream().write(all);
        return this;
    }

    /** Sends bytes; false if the NIC has ended the connection. */
    public boolean trySend(final byte[] bytes) {
        try {
            send(bytes);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Sends bytes in two writes. */
    public RawPeer sendSplit(final byte[] bytes, final int at) throws IOException {
        socket.getOutputStream().write(bytes, 0, at);
        socket.getOutputStream().flush();
        socket.getOutputStream().write(bytes, at, bytes.length - at);
        return this;
    }

    /** From now on what comes has markers, as this side has asked. */
    public RawPeer withMarkers() {
        markers = true;
        return this;
    }

    /** Reads a set-up frame. */
    public SetUp readSetUp(final boolean reply) throws IOException {
        final byte[] bytes = new byte[SetUpFrame.MAX_LENGTH];
        final MemorySegment frame = MemorySegment.ofArray(bytes);
        int available = 0;
        while (true) {
            switch (SetUpFrame.parse(frame, 0, available, reply)) {
                case SetUpResult.Bad(SetUpResult.Reason reason) -> throw new IOException("no set-up frame: " + reason);
                case SetUpResult.Parsed(SetUp parsed, int length) -> {
                    return parsed;
                }
                case SetUpResult.NeedMore(int length) -> {
                    readFully(bytes, available, length - available);
                    available = length;
                }
            }
        }
    }

    /** Reads the reply that accepts. */
    public SetUp expectAccepted() throws IOException {
        final SetUp reply = readSetUp(true);
        assertThat(reply.rejected()).isFalse();
        return reply;
    }

    private void readFully(final byte[] bytes, final int offset, final int length) throws IOException {
        if (in.readNBytes(bytes, offset, length) != length) {
            throw new EOFException("the connection ended");
        }
    }

    /** An untagged segment that goes to the opcode's queue, as an FPDU. */
    public static byte[] untagged(
        final int opcode, final int msn, final int messageOffset, final boolean last, final byte[] payload) {
        final byte[] ulpdu = new byte[DdpHeader.UNTAGGED_LENGTH + payload.length];
        DdpHeader.writeUntagged(MemorySegment.ofArray(ulpdu), 0, opcode, last, 0, msn, messageOffset);
        System.arraycopy(payload, 0, ulpdu, DdpHeader.UNTAGGED_LENGTH, payload.length);
        return fpdu(ulpdu);
    }

    /** A whole Send. */
    public static byte[] send(final int msn, final byte[] payload) {
        return untagged(RdmapOpcode.SEND, msn, 0, true, payload);
    }

    /** A tagged segment, as an FPDU. */
    public static byte[] tagged(
        final int opcode, final int stag, final long taggedOffset, final boolean last, final byte[] payload) {
        final byte[] ulpdu = new byte[DdpHeader.TAGGED_LENGTH + payload.length];
        DdpHeader.writeTagged(MemorySegment.ofArray(ulpdu), 0, opcode, last, stag, taggedOffset);
        System.arraycopy(payload, 0, ulpdu, DdpHeader.TAGGED_LENGTH, payload.length);
        return fpdu(ulpdu);
    }

    /** A Read of a region from its beginning, whose answer goes to STag 1 at 0. */
    public static byte[] readRequest(final int msn, final int stag, final long taggedOffset, final int length) {
        final byte[] header = new byte[ReadRequestHeader.LENGTH];
        ReadRequestHeader.write(MemorySegment.ofArray(header), 0, 1, 0, length, stag, taggedOffset);
        return untagged(RdmapOpcode.READ_REQUEST, msn, 0, true, header);
    }

    /** A ULPDU in its FPDU. */
    public static byte[] fpdu(final byte[] ulpdu) {
        final byte[] bytes = new byte[Fpdu.totalLength(ulpdu.length)];
        final MemorySegment frame = MemorySegment.ofArray(bytes);
        Fpdu.length(frame, 0, ulpdu.length);
        System.arraycopy(ulpdu, 0, bytes, Fpdu.ULPDU_OFFSET, ulpdu.length);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, Fpdu.crcOffset(ulpdu.length));
        Fpdu.crc(frame, Fpdu.crcOffset(ulpdu.length), (int) crc.getValue());
        return bytes;
    }

    /** An FPDU with a byte of its ULPDU changed, and the CRC that belongs to that. */
    public static byte[] changed(final byte[] fpdu, final int offset, final int value) {
        final byte[] ulpdu = new byte[Fpdu.length(MemorySegment.ofArray(fpdu), 0)];
        System.arraycopy(fpdu, Fpdu.ULPDU_OFFSET, ulpdu, 0, ulpdu.length);
        ulpdu[offset] = (byte) value;
        return fpdu(ulpdu);
    }

    /** Reads an FPDU, whose CRC must be good, and returns its ULPDU. */
    public MemorySegment readUlpdu() throws IOException {
        final int leading = markers ? Markers.leading(position) : 0;
        final byte[] bytes = new byte[2 * Fpdu.MAX_LENGTH];
        final MemorySegment frame = MemorySegment.ofArray(bytes);
        readFully(bytes, 0, leading + Fpdu.ULPDU_OFFSET);
        final int ulpduLength = Fpdu.length(frame, leading);
        final int plain = Fpdu.totalLength(ulpduLength);
        final int total = markers ? Markers.totalLength(position, plain) : plain;
        readFully(bytes, leading + Fpdu.ULPDU_OFFSET, total - leading - Fpdu.ULPDU_OFFSET);
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, total - Fpdu.CRC_LENGTH);
        assertThat(Fpdu.crc(frame, total - Fpdu.CRC_LENGTH)).as("CRC").isEqualTo((int) crc.getValue());
        if (markers) {
            assertThat(Markers.remove(frame, 0, plain, position)).as("markers").isTrue();
        }
        position += total;
        return frame.asSlice(Fpdu.ULPDU_OFFSET, ulpduLength);
    }

    /** Reads up to the Terminate and returns what it says, as {@code Completion.vendorError} has it. */
    public int readTerminate() throws IOException {
        MemorySegment ulpdu = readUlpdu();
        while (DdpHeader.opcode(ulpdu, 0) != RdmapOpcode.TERMINATE) {
            ulpdu = readUlpdu();
        }
        return TerminateHeader.terminateCode(ulpdu, DdpHeader.UNTAGGED_LENGTH);
    }

    /** The NIC ends the connection, in whatever way, and nothing comes before. */
    public void expectEnd() throws IOException {
        try {
            assertThat(in.read()).as("a byte, or -1 for the end").isEqualTo(-1);
        } catch (final SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    /** Its port. */
    public int port() {
        return socket.getLocalPort();
    }

    /** Sends no more, but still reads. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection as one does whose process is killed. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
