package io.rnic.emu.wire;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a pcap file (little-endian, microseconds; Ethernet or raw IP) and puts TCP streams together from it, for tests:
 * any order and repetition of segments, no gap.
 */
public final class PcapReader {
    private static final ValueLayout.OfInt FILE_INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC = 0xA1B2_C3D4;
    private static final int ETHERNET = 1;
    private static final int RAW = 101;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int ACK = 16;

    /**
     * A TCP segment.
     *
     * @param from     address and port
     * @param to       address and port
     * @param sequence its first byte's number
     * @param flags    of TCP
     * @param payload  its bytes
     * @param ip       the whole IP packet
     */
    public record Packet(String from, String to, int sequence, int flags, MemorySegment payload, MemorySegment ip) {
        public boolean isSyn() {
            return (flags & SYN) != 0;
        }

        public boolean isAck() {
            return (flags & ACK) != 0;
        }

        public boolean isFin() {
            return (flags & FIN) != 0;
        }
    }

    /**
     * A connection's bytes.
     *
     * @param client     who sent the first SYN
     * @param server     who answered it
     * @param fromClient all bytes of that side
     * @param fromServer all bytes of that side
     */
    public record Connection(String client, String server, MemorySegment fromClient, MemorySegment fromServer) {
    }

    private PcapReader() {
    }

    /** All TCP segments, in the order of the file. */
    public static List<Packet> packets(final InputStream file) throws IOException {
        final MemorySegment all = MemorySegment.ofArray(file.readAllBytes());
        if (all.get(FILE_INT, 0) != MAGIC) {
            throw new IOException("no pcap file: " + Hex.text(all, 0, 4));
        }
        final int link = all.get(FILE_INT, 20);
        final List<Packet> packets = new ArrayList<>();
        for (long at = 24; at < all.byteSize(); ) {
            final int length = all.get(FILE_INT, at + 8);
            if (length != all.get(FILE_INT, at + 12)) {
                throw new IOException("a packet that was cut at " + at);
            }
            addTcp(ip(all.asSlice(at + 16, length), link), packets);
            at += 16 + length;
        }
        return packets;
    }

    private static MemorySegment ip(final MemorySegment frame, final int link) throws IOException {
        return switch (link) {
            case RAW -> frame;
            case ETHERNET -> frame.asSlice(14);
            default -> throw new IOException("link type " + link);
        };
    }

    private static void addTcp(final MemorySegment ip, final List<Packet> packets) {
        final int version = Bytes.getByte(ip, 0) >>> 4;
        final boolean four = version == 4 && Bytes.getByte(ip, 9) == 6;
        if (!four && !(version == 6 && Bytes.getByte(ip, 6) == 6)) {
            return;
        }
        final int ipHeader = four ? (Bytes.getByte(ip, 0) & 0xF) * 4 : 40;
        final int end = four ? Bytes.getShort(ip, 2) : 40 + Bytes.getShort(ip, 4);
        final String source = four ? Hex.text(ip, 12, 4) : Hex.text(ip, 8, 16);
        final String target = four ? Hex.text(ip, 16, 4) : Hex.text(ip, 24, 16);
        final MemorySegment tcp = ip.asSlice(ipHeader, end - ipHeader);
        packets.add(new Packet(source + ":" + Bytes.getShort(tcp, 0), target + ":" + Bytes.getShort(tcp, 2),
            Bytes.getInt(tcp, 4), Bytes.getByte(tcp, 13), tcp.asSlice((Bytes.getByte(tcp, 12) >>> 4) * 4L),
            ip.asSlice(0, end)));
    }

    /** All TCP connections whose SYN is in the file, in the order of their SYNs; ports may be used again. */
    public static List<Connection> connections(final InputStream file) throws IOException {
        final Map<String, HalfStream> halves = new HashMap<>();
        final List<Packet> opened = new ArrayList<>();
        final List<HalfStream> streams = new ArrayList<>();
        for (final Packet packet : packets(file)) {
            if (packet.isSyn() && !packet.isAck()) {
                opened.add(packet);
                for (final String key : List.of(packet.from + ">" + packet.to, packet.to + ">" + packet.from)) {
                    final HalfStream half = new HalfStream();
                    halves.put(key, half);
                    streams.add(half);
                }
            }
            final HalfStream half = halves.get(packet.from + ">" + packet.to);
            if (half != null) {
                half.add(packet);
            }
        }
        final List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < opened.size(); i++) {
            connections.add(new Connection(opened.get(i).from, opened.get(i).to, streams.get(2 * i).bytes(),
                streams.get(2 * i + 1).bytes()));
        }
        return connections;
    }

    /** Segments by their distance from the first byte, put together at the end. */
    private static final class HalfStream {
        private int first;
        private final Map<Integer, MemorySegment> segments = new TreeMap<>();

        void add(final Packet packet) {
            if (packet.isSyn()) {
                first = packet.sequence + 1;
            }
            if (packet.payload.byteSize() > 0) {
                segments.merge(packet.sequence - first, packet.payload,
                    (one, other) -> one.byteSize() >= other.byteSize() ? one : other);
            }
        }

        MemorySegment bytes() {
            final MemorySegment all = MemorySegment.ofArray(new byte[segments.entrySet().stream()
                .mapToInt(entry -> entry.getKey() + (int) entry.getValue().byteSize()).max().orElse(0)]);
            int end = 0;
            for (final Map.Entry<Integer, MemorySegment> entry : segments.entrySet()) {
                if (entry.getKey() > end) {
                    throw new IllegalStateException("bytes " + end + " to " + entry.getKey() + " are missing");
                }
                MemorySegment.copy(entry.getValue(), 0, all, entry.getKey(), entry.getValue().byteSize());
                end = Math.max(end, entry.getKey() + (int) entry.getValue().byteSize());
            }
            return all;
        }
    }
}
