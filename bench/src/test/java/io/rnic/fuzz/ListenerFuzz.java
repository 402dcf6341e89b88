package io.rnic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.rnic.behaviour.RawPeer;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Objects;

/**
 * A peer at a live listener, from its set-up frame on: as {@link StreamFuzz}, by sockets, with event loops, through
 * both front ends; and no connection stays.
 *
 * <pre>
 *   CRC 1, device 6, peer's markers 8, revision 1 0x10, FPDUs at once 0x20, rejected 0x40 | bytes of a piece, 0 for all
 *   | what is posted, how the peer goes 0xC0 | value, place: damage of the set-up frame, value 0xFF cuts it | steps
 * </pre>
 */
class ListenerFuzz {
    private static final int CRC = 1;
    private static final int DEVICE_SHIFT = 1;
    private static final int MARKERS = 8;
    private static final int REVISION_1 = 0x10;
    private static final int AT_ONCE = 0x20;
    private static final int REJECTED = 0x40;
    private static final int COUNT = 3;
    private static final int READS_SHIFT = 2;
    private static final int SEND = 0x10;
    private static final int ATOMIC = 0x20;
    private static final int GOING_SHIFT = 6;
    private static final int CUT = 0xFF;
    private static final int RESET = 1;
    private static final int CLOSE = 2;
    /** How often it is looked whether sockets are left. */
    private static final int ROUNDS = 256;
    private static final File DESCRIPTORS = new File("/proc/self/fd");
    private static final int OTHER_DESCRIPTORS = 32;

    private static final ListenerRig[] RIGS = {
        new ListenerRig("user", "invoker", false), new ListenerRig("kernel", "dedicated", false),
        new ListenerRig("user", "dedicated", true), new ListenerRig("kernel", "invoker", true)};
    private static int rounds;
    private static int descriptors;

    @FuzzTest
    void listener(final byte[] input) throws IOException, InterruptedException {
        final Script script = new Script(input);
        final int flags = script.nextByte();
        final int device = flags >>> DEVICE_SHIFT & COUNT;
        final int piece = script.nextByte();
        final int posted = script.nextByte();
        final byte[] frame = frame(flags, script.nextByte(), script.nextByte());
        final ListenerRig rig = RIGS[device];
        rig.begin(posted & COUNT);
        final Traffic traffic = Traffic.of(script, rig.target(), device > 1);
        try (Socket socket = connect(rig.address())) {
            final Peer peer = new Peer(socket, piece, posted >>> GOING_SHIFT);
            final SetUpResult parsed = SetUpFrame.parse(MemorySegment.ofArray(frame), 0, frame.length, false);
            if (parsed instanceof SetUpResult.Parsed(SetUp request, int length)
                && length == frame.length && (flags & AT_ONCE) == 0) {
                connected(rig, peer, request, flags, posted, frame, traffic);
            } else {
                peer.send(frame);
                peer.send(traffic.bytes());
                peer.go();
                peer.awaitEnd();
                rig.checkUntouched();
                rig.listenAnew();
            }
        }
        Complaints.check();
        checkSockets();
    }

    private static void connected(final ListenerRig rig, final Peer peer, final SetUp request, final int flags,
        final int posted, final byte[] frame, final Traffic traffic) throws IOException, InterruptedException {
        peer.send(frame);
        if ((flags & REJECTED) != 0) {
            rig.awaitRequest().reject(new byte[0]);
            peer.awaitEnd();
            rig.checkUntouched();
            return;
        }
        rig.accept(rig.awaitRequest());
        rig.post(posted >>> READS_SHIFT & COUNT, (posted & SEND) != 0, (posted & ATOMIC) != 0);
        final SetUp reply = peer.reply();
        peer.send(traffic.bytes());
        peer.go();
        final byte[] sent = peer.awaitEnd();
        rig.checkEnd();
        Sent.check(sent, reply.crc(), request.markers(), peer.wasReset());
    }

    private static byte[] frame(final int flags, final int value, final int place) {
        final boolean crc = (flags & CRC) != 0;
        final boolean markers = (flags & MARKERS) != 0;
        final SetUp request = (flags & REVISION_1) == 0
            ? SetUp.request(markers, crc, new EnhancedData(true, false, true, false, 4, 4), new byte[] {1, 2, 3})
            : new SetUp(false, markers, crc, false, 1, null, new byte[] {1, 2, 3});
        final byte[] frame = RawPeer.frame(request);
        if (value == CUT) {
            return Arrays.copyOf(frame, place % frame.length);
        }
        frame[place % frame.length] ^= (byte) value;
        return frame;
    }

    /** From one address after the other: the ports of one are kept for a while. */
    private static Socket connect(final InetSocketAddress address) throws IOException {
        final Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(
            new byte[] {127, 0, (byte) (rounds >>> Byte.SIZE), (byte) (1 | rounds)}), 0));
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Completions.PATIENCE.toMillis());
        return socket;
    }

    private static void checkSockets() {
        if (rounds == 0) {
            descriptors = descriptors() + OTHER_DESCRIPTORS;
        }
        if (++rounds % ROUNDS == 0 && DESCRIPTORS.exists()) {
            Await.until("as few sockets as at the beginning", () -> descriptors() <= descriptors);
        }
    }

    private static int descriptors() {
        return Objects.requireNonNullElse(DESCRIPTORS.list(), new String[0]).length;
    }

    /** The peer: sends in pieces, whether they are wanted or not. */
    private static final class Peer {
        private final Socket socket;
        private final int piece;
        private final int going;
        private boolean reset;

        Peer(final Socket socket, final int piece, final int going) {
            this.socket = socket;
            this.piece = piece;
            this.going = going;
        }

        void send(final byte[] bytes) throws IOException {
            final int step = piece == 0 ? Math.max(1, bytes.length) : piece;
            try {
                for (int at = 0; at < bytes.length; at += step) {
                    socket.getOutputStream().write(bytes, at, Math.min(step, bytes.length - at));
                }
            } catch (final SocketException e) {
                reset = true; // the NIC has ended the connection
            }
        }

        SetUp reply() throws IOException {
            final byte[] bytes = new byte[SetUpFrame.MAX_LENGTH];
            int available = 0;
            while (true) {
                switch (SetUpFrame.parse(MemorySegment.ofArray(bytes), 0, available, true)) {
                    case SetUpResult.Bad bad -> throw new AssertionError("the reply is " + bad);
                    case SetUpResult.Parsed(SetUp reply, int length) -> {
                        return reply;
                    }
                    case SetUpResult.NeedMore(int length) -> {
                        available += socket.getInputStream().readNBytes(bytes, available, length - available);
                    }
                }
            }
        }

        void go() throws IOException {
            if (going == RESET) {
                socket.setSoLinger(true, 0);
            }
            if (going == RESET || going == CLOSE) {
                socket.close();
            } else if (!reset) {
                try {
                    socket.shutdownOutput();
                } catch (final SocketException e) {
                    reset = true;
                }
            }
        }

        /** What came until the NIC ended the connection. */
        byte[] awaitEnd() {
            if (socket.isClosed()) {
                return new byte[0];
            }
            try {
                final ByteArrayOutputStream all = new ByteArrayOutputStream();
                final byte[] some = new byte[1 << 14];
                int read = read(some);
                while (read > 0) {
                    all.write(some, 0, read);
                    read = read(some);
                }
                return all.toByteArray();
            } catch (final IOException e) {
                throw new UncheckedIOException("the connection is left open", e);
            }
        }

        private int read(final byte[] bytes) throws IOException {
            try {
                return socket.getInputStream().read(bytes);
            } catch (final SocketException e) {
                reset = true;
                return -1;
            }
        }

        boolean wasReset() {
            return reset || socket.isClosed();
        }
    }
}
