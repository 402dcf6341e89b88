package io.rnic.emu.link;

import io.rnic.emu.link.Capture.Pair;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A connection in a {@link Capture}: the bytes of both directions, in IP and TCP headers made for them.
 *
 * <pre>
 *   IPv4 (RFC 791) 20, or IPv6 (RFC 8200) 40 | TCP (RFC 9293) 20, with SYN 28 | bytes
 * </pre>
 *
 * <p>Sequence numbers begin at 1; every packet but the first acknowledges all that was seen from the other side. A
 * frame is a packet if it fits ({@link CapturedStream}). Thread-safe, by the lock of the capture.
 */
public final class CapturedConnection {
    /** Bytes in a packet at most, so that an IPv4 packet is not too long. */
    public static final int MAX_SEGMENT_LENGTH = 65_495;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int PUSH = 8;
    private static final int ACK = 16;
    private static final int TCP = 6;
    private static final int TCP_LENGTH = 20;
    private static final int HOP_LIMIT = 64;
    private static final int WINDOW = 0xFFFF;
    /** Options of a SYN: MSS 65,495; no-op; window scale 14. */
    private static final byte[] SYN_OPTIONS = {2, 4, (byte) 0xFF, (byte) 0xD7, 1, 3, 3, 14};
    /** A packet at most. */
    static final int MAX_PACKET_LENGTH = 40 + TCP_LENGTH + MAX_SEGMENT_LENGTH;

    private final Capture capture;
    private final Pair pair;
    private final byte[] client;
    private final byte[] server;
    /** Shared with all connections of the capture, and used with its lock held. */
    private final byte[] bytes;
    private final ByteBuffer packet;
    private final boolean[] ended = new boolean[2];
    private final int[] sequences = {0, 0};
    private final CapturedStream[] streams = {
        new CapturedStream(false, (from, at, length) -> push(true, from, at, length)),
        new CapturedStream(true, (from, at, length) -> push(false, from, at, length))};
    private boolean writes;

    CapturedConnection(final Capture capture, final Pair pair, final boolean writes) {
        this.capture = capture;
        this.pair = pair;
        this.writes = writes;
        bytes = capture.packet();
        packet = ByteBuffer.wrap(bytes);
        final boolean four = isFour(pair.client()) && isFour(pair.server());
        client = address(pair.client(), four);
        server = address(pair.server(), four);
    }

    private static boolean isFour(final InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }

    /** An IPv4 address among IPv6 ones as RFC 4291 §2.5.5.2 has it. */
    private static byte[] address(final InetSocketAddress address, final boolean four) {
        final byte[] bytes = address.getAddress().getAddress();
        if (four || bytes.length == 16) {
            return bytes;
        }
        final byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xFF;
        mapped[11] = (byte) 0xFF;
        System.arraycopy(bytes, 0, mapped, 12, bytes.length);
        return mapped;
    }

    /** The handshake. */
    void begin() {
        flag(true, SYN);
        flag(false, SYN | ACK);
        flag(true, ACK);
    }

    private void flag(final boolean fromClient, final int flags) {
        send(fromClient, flags, 0);
        if ((flags & (SYN | FIN)) != 0) {
            sequences[fromClient ? 0 : 1]++;
        }
    }

    /** Bytes that go on in a half-stream, in pieces that follow each other, cut anywhere. */
    public void bytes(final boolean fromClient, final MemorySegment... pieces) {
        synchronized (capture) {
            if (writes && !ended[fromClient ? 0 : 1]) {
                streams[fromClient ? 0 : 1].add(streams[fromClient ? 1 : 0], pieces);
            }
        }
    }

    /** The same of buffers: from position to limit, which stay. */
    public void bytes(final boolean fromClient, final ByteBuffer... pieces) {
        bytes(fromClient, Arrays.stream(pieces).map(MemorySegment::ofBuffer).toArray(MemorySegment[]::new));
    }

    private void push(final boolean fromClient, final byte[] from, final int offset, final int length) {
        System.arraycopy(from, offset, bytes, headersLength(), length);
        send(fromClient, PUSH | ACK, length);
        sequences[fromClient ? 0 : 1] += length;
    }

    /** A side sends nothing more; may be repeated. */
    public void end(final boolean fromClient) {
        synchronized (capture) {
            finish(fromClient, FIN | ACK);
            if (ended[0] && ended[1]) {
                over();
            }
        }
    }

    /** A side gives the connection up; may be repeated. */
    public void reset(final boolean fromClient) {
        synchronized (capture) {
            finish(fromClient, RST | ACK);
            ended[fromClient ? 1 : 0] = true;
            over();
        }
    }

    private void finish(final boolean fromClient, final int flags) {
        if (writes && !ended[fromClient ? 0 : 1]) {
            streams[fromClient ? 0 : 1].flush();
            flag(fromClient, flags);
        }
        ended[fromClient ? 0 : 1] = true;
    }

    private void over() {
        if (writes) {
            writes = false;
            capture.ended(pair);
        }
    }

    private int headersLength() {
        return (client.length == 4 ? 20 : 40) + TCP_LENGTH;
    }

    /** Writes the packet whose bytes stand behind where its headers will be. */
    private void send(final boolean fromClient, final int flags, final int length) {
        final boolean syn = (flags & SYN) != 0;
        final int tcpAt = headersLength() - TCP_LENGTH;
        final int tcpLength = TCP_LENGTH + (syn ? SYN_OPTIONS.length : 0);
        putIp(fromClient, tcpLength + length);
        packet.position(tcpAt)
            .putShort((short) (fromClient ? pair.client() : pair.server()).getPort())
            .putShort((short) (fromClient ? pair.server() : pair.client()).getPort())
            .putInt(sequences[fromClient ? 0 : 1])
            .putInt((flags & ACK) == 0 ? 0 : sequences[fromClient ? 1 : 0])
            .put((byte) (tcpLength << 2)).put((byte) flags).putShort((short) WINDOW).putInt(0);
        if (syn) {
            packet.put(SYN_OPTIONS);
        }
        final int end = tcpAt + tcpLength + length;
        final long pseudo = TCP + tcpLength + length + sum(client) + sum(server);
        packet.putShort(tcpAt + 16, checksum(pseudo + sum(bytes, tcpAt, end)));
        capture.write(end);
    }

    private void putIp(final boolean fromClient, final int length) {
        packet.clear();
        if (client.length == 4) {
            packet.putInt((0x45 << 24) | (20 + length)).putInt(0x4000).put((byte) HOP_LIMIT).put((byte) TCP)
                .putShort((short) 0);
        } else {
            packet.putInt(6 << 28).putShort((short) length).put((byte) TCP).put((byte) HOP_LIMIT);
        }
        packet.put(fromClient ? client : server).put(fromClient ? server : client);
        if (client.length == 4) {
            packet.putShort(10, checksum(sum(bytes, 0, 20)));
        }
    }

    private static long sum(final byte[] bytes) {
        return sum(bytes, 0, bytes.length);
    }

    /** The sum of 16-bit words (RFC 1071); a byte that is left over is the high one of a word. */
    private static long sum(final byte[] bytes, final int from, final int to) {
        long sum = 0;
        int at = from;
        for (; at < to - 1; at += 2) {
            sum += ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
        }
        return at < to ? sum + ((bytes[at] & 0xFF) << 8) : sum;
    }

    private static short checksum(final long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (short) ~folded;
    }

    @Override
    public String toString() {
        final InetAddress from = pair.client().getAddress();
        return from.getHostAddress() + ":" + pair.client().getPort() + " to "
            + pair.server().getAddress().getHostAddress() + ":" + pair.server().getPort();
    }
}
