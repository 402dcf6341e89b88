package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.PcapReader;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(0x6A000000L, 123_456_789), ZoneOffset.UTC);
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    /** Of Linux; each write to it fails. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    private static InetSocketAddress at(final String address, final int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }

    private static byte[] bytes(final Random random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<PcapReader.Packet> packets(final Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return PcapReader.packets(in);
        }
    }

    private static List<PcapReader.Connection> connections(final Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return PcapReader.connections(in);
        }
    }

    @Test
    void shouldWriteTheseBytes() throws IOException {
        final Path file = folder.resolve("a.pcap");
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 49152), at("127.0.0.2", 7174));
            connection.bytes(true, ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 2));
        }
        final String record = "0000006a40e20100";
        final String ports = "c0001c06";
        final String back = "1c06c000";
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(""
            + "d4c3b2a1" + "02000400" + "0000000000000000" + "13000100" + "65000000"
            + record + "3000000030000000"
            + "45000030" + "00004000" + "40063cc5" + "7f000001" + "7f000002"
            + ports + "00000000" + "00000000" + "7002ffff" + "afe30000" + "0204ffd70103030e"
            + record + "3000000030000000"
            + "45000030" + "00004000" + "40063cc5" + "7f000002" + "7f000001"
            + back + "00000000" + "00000001" + "7012ffff" + "afd20000" + "0204ffd70103030e"
            + record + "2800000028000000"
            + "45000028" + "00004000" + "40063ccd" + "7f000001" + "7f000002"
            + ports + "00000001" + "00000001" + "5010ffff" + "d5c80000"
            + record + "2a0000002a000000"
            + "4500002a" + "00004000" + "40063ccb" + "7f000001" + "7f000002"
            + ports + "00000001" + "00000001" + "5018ffff" + "d3bb0000" + "0203");
    }

    /** The one's complement sum over a packet whose checksums are right is all ones. */
    private static void assertChecksums(final PcapReader.Packet packet) {
        final ByteBuffer ip = ByteBuffer.wrap(packet.ip().toArray(ValueLayout.JAVA_BYTE));
        final boolean four = ip.get(0) >>> 4 == 4;
        if (four) {
            assertThat(ip.getShort(2) & 0xFFFF).isEqualTo(ip.capacity());
            assertThat(sum(ip, 0, 20)).isEqualTo(0xFFFF);
        } else {
            assertThat(ip.getShort(4) & 0xFFFF).isEqualTo(ip.capacity() - 40);
        }
        final int tcp = four ? 20 : 40;
        final ByteBuffer pseudo = ByteBuffer.allocate(40 + ip.capacity() - tcp);
        pseudo.put(ip.slice(four ? 12 : 8, four ? 8 : 32)).position(32).putInt(ip.capacity() - tcp).putInt(6)
            .put(ip.slice(tcp, ip.capacity() - tcp));
        assertThat(sum(pseudo, 0, pseudo.capacity())).isEqualTo(0xFFFF);
    }

    private static int sum(final ByteBuffer bytes, final int from, final int to) {
        int sum = 0;
        for (int at = from; at < to; at++) {
            sum += (bytes.get(at) & 0xFF) << ((at - from) % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "10.1.2.3, fe80::1", "fe80::1, 10.1.2.3"})
    void shouldTellBothHalvesOfEachConnection(final String client, final String server) throws IOException {
        final Path file = folder.resolve("a.pcap");
        final Random random = new Random(1);
        final List<byte[]> sent = List.of(bytes(random, 3), bytes(random, 200_001), bytes(random, 65_495),
            bytes(random, 65_496));
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            final CapturedConnection one = capture.connection(at(client, 1), at(server, 65535));
            final CapturedConnection other = capture.connection(at(client, 2), at(server, 65535));
            one.bytes(true, MemorySegment.ofArray(sent.get(0)), MemorySegment.ofArray(sent.get(1)));
            other.bytes(false, ByteBuffer.wrap(sent.get(2)));
            one.bytes(false, ByteBuffer.wrap(sent.get(3)));
            one.bytes(true, new MemorySegment[0]);
            one.bytes(true, ByteBuffer.allocate(0));
            other.bytes(true, ByteBuffer.wrap(sent.get(0)));
            one.end(true);
            one.end(true);
            one.bytes(true, ByteBuffer.allocate(7));
            one.bytes(false, ByteBuffer.wrap(sent.get(0)));
            one.end(false);
            other.reset(false);
            other.reset(true);
        }
        packets(file).forEach(CaptureTest::assertChecksums);
        assertThat(packets(file)).filteredOn(PcapReader.Packet::isFin).hasSize(2);
        assertThat(packets(file)).hasSize(3 + 3 + 4 + 1 + 2 + 1 + 1 + 2 + 1);
        assertThat(connections(file)).hasSize(2);
        assertHalves(connections(file).getFirst(), join(sent.get(0), sent.get(1)), join(sent.get(3), sent.get(0)));
        assertHalves(connections(file).getLast(), sent.get(0), sent.get(2));
    }

    private static byte[] join(final byte[] one, final byte[] other) {
        return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
    }

    private static void assertHalves(final PcapReader.Connection connection, final byte[] client, final byte[] server) {
        assertThat(connection.fromClient().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(client);
        assertThat(connection.fromServer().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(server);
    }

    @Test
    void shouldTellAConnectionOnceOfWhichItSeesBothEnds() throws IOException {
        final Path file = folder.resolve("a.pcap");
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK);
            Capture same = Capture.open(folder.resolve(".").resolve("a.pcap"), NO_LIMIT, CLOCK)) {
            final CapturedConnection client = capture.connection(at("::1", 1), at("::1", 2));
            final CapturedConnection server = same.connection(at("::1", 1), at("::1", 2));
            client.bytes(true, ByteBuffer.wrap(new byte[] {1}));
            server.bytes(true, ByteBuffer.wrap(new byte[] {1}));
            server.end(false);
            server.end(true);
            client.bytes(false, ByteBuffer.wrap(new byte[] {2}));
            client.end(true);
            client.end(false);
            assertThat(capture.connection(at("::1", 1), at("::1", 2))).as("the same ports once more").isNotNull();
        }
        assertThat(connections(file)).hasSize(2);
        assertHalves(connections(file).getFirst(), new byte[] {1}, new byte[] {2});
        assertHalves(connections(file).getLast(), new byte[0], new byte[0]);
    }

    @Test
    void shouldMakeUpAPortForEachLiveConnection() throws IOException {
        final Path file = folder.resolve("a.pcap");
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            for (int i = 0; i < 20_000; i++) {
                final CapturedConnection connection = capture.connection(at("127.0.0.1", 7));
                if (i != 3) {
                    connection.end(true);
                    connection.end(false);
                }
            }
        }
        assertThat(connections(file)).hasSize(20_000);
        assertThat(connections(file).stream().filter(c -> c.client().equals("7f000001:32771"))).hasSize(1);
        assertThat(connections(file).stream().filter(c -> c.client().equals("7f000001:32770"))).hasSize(2);
    }

    @Test
    void shouldGoOnInAFileThatItWroteAndWriteOverOneThatItDidNot() throws IOException {
        final Path file = folder.resolve("a.pcap");
        Files.writeString(file, "of another day");
        for (int i = 1; i <= 3; i++) {
            try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
                capture.connection(at("127.0.0.1", i), at("127.0.0.1", 7)).end(true);
            }
            assertThat(connections(file)).hasSize(i);
        }
    }

    @Test
    void shouldBeThereWhenAConnectionHasEnded() throws IOException {
        final Path file = folder.resolve("a.pcap");
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7));
            connection.end(true);
            connection.end(false);
            assertThat(packets(file)).hasSize(5);
        }
    }

    @Test
    void shouldStayWithinItsLimitByWholePackets() throws IOException {
        final Path file = folder.resolve("a.pcap");
        final int handshake = FILE_HEADER + 3 * RECORD_HEADER + 48 + 48 + 40;
        final int limit = handshake + 2 * (RECORD_HEADER + 40 + 100) + 1;
        final List<String> told = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, why) -> told.add(why.getMessage()));
        try (Capture capture = Capture.open(file, limit, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7));
            connection.bytes(true, ByteBuffer.allocate(100));
            connection.bytes(true, ByteBuffer.allocate(100));
            assertThat(told).isEmpty();
            connection.bytes(true, ByteBuffer.allocate(100));
            connection.bytes(true, ByteBuffer.allocate(0));
            connection.end(true);
            assertThat(Files.size(file)).as("nobody waits for more").isEqualTo(handshake + 2 * 156);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(told).containsExactly("the capture " + file + " ends here: more would not fit into captureLimit="
            + limit + " bytes; what follows is left out");
        assertThat(Files.size(file)).isEqualTo(handshake + 2 * 156);
        assertThat(packets(file)).hasSize(5);
    }

    @Test
    void shouldSayOnceThatItCannotBeWritten() throws IOException {
        assumeTrue(Files.exists(FULL), "a device that is always full");
        final List<String> told = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, why) -> told.add(why.getMessage()));
        try (Capture capture = Capture.open(FULL, NO_LIMIT, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7));
            connection.end(true);
            connection.end(false);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(told).singleElement(as(STRING))
            .startsWith("the capture " + FULL + " ends here: it cannot be written (");
    }

    @Test
    void shouldLeaveAFileAloneThatIsBeingWritten() throws IOException {
        final Path file = folder.resolve("a.pcap");
        final Path sameFile = Files.createSymbolicLink(folder.resolve("b.pcap"), file);
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7)).end(true);
            assertThatThrownBy(() -> Capture.open(sameFile, NO_LIMIT, CLOCK)).isInstanceOf(IOException.class)
                .hasMessageContaining("is being written");
        }
        assertThat(connections(file)).hasSize(1);
        Capture.open(sameFile, NO_LIMIT, CLOCK).close();
        assertThat(connections(file)).as("nobody writes to it any more: it is written anew").isEmpty();
    }

    @Test
    void shouldOpenInAThreadThatIsInterrupted() throws IOException {
        final Path file = folder.resolve("a.pcap");
        Thread.currentThread().interrupt();
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            assertThat(Thread.interrupted()).isTrue();
            capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7)).end(true);
        }
        assertThat(connections(file)).hasSize(1);
    }

    /** However the bytes come, each frame has a packet of its own; the longest has two. */
    @ParameterizedTest
    @CsvSource({"1, false, false", "2, true, false", "3, false, true", "4, true, true"})
    void shouldGiveEachFrameAPacket(final long seed, final boolean clientsMarkers, final boolean serversMarkers)
        throws IOException {
        final Path file = folder.resolve("a.pcap");
        final Random random = new Random(seed);
        final SetUp request = SetUp.request(clientsMarkers, true, EnhancedData.ofDepths(1, 1), bytes(random, 500));
        final List<MemorySegment> client = new ArrayList<>(List.of(setUp(request)));
        final List<MemorySegment> server = new ArrayList<>(List.of(setUp(
            request.accept(serversMarkers, true, EnhancedData.ofDepths(1, 1), new byte[0]))));
        addFrames(client, random, serversMarkers);
        addFrames(server, random, clientsMarkers);
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7));
            writeCut(connection, true, client.subList(0, 1), random);
            writeCut(connection, false, server, random);
            writeCut(connection, true, client.subList(1, client.size()), random);
            connection.bytes(true, ByteBuffer.allocate(7));
            connection.end(true);
        }
        client.add(MemorySegment.ofArray(new byte[7]));
        final List<PcapReader.Packet> packets = packets(file);
        packets.forEach(CaptureTest::assertChecksums);
        for (final boolean fromClient : new boolean[] {true, false}) {
            assertThat(packets.stream().filter(packet -> packet.from().equals("7f000001:1") == fromClient)
                .map(packet -> packet.payload().byteSize()).filter(length -> length > 0).toList())
                .isEqualTo((fromClient ? client : server).stream().map(MemorySegment::byteSize)
                    .flatMap(length -> length > 65_495 ? Stream.of(65_495L, length - 65_495) : Stream.of(length))
                    .toList());
        }
        assertHalves(connections(file).getFirst(), join(client), join(server));
    }

    private static MemorySegment setUp(final SetUp setUp) {
        final MemorySegment frame = MemorySegment.ofArray(new byte[setUp.length()]);
        SetUpFrame.write(frame, 0, setUp);
        return frame;
    }

    private static void addFrames(final List<MemorySegment> frames, final Random random, final boolean markers) {
        long position = 0;
        for (int i = 0; i < 300; i++) {
            final int ulpduLength = i == 100 ? Fpdu.MAX_ULPDU_LENGTH : random.nextInt(i % 20 == 0 ? 64_768 : 300);
            final int length = Fpdu.totalLength(ulpduLength);
            final MemorySegment frame = MemorySegment.ofArray(bytes(random, length));
            Fpdu.length(frame, 0, ulpduLength);
            final int marked = markers ? Markers.totalLength(position, length) : length;
            final MemorySegment stream = MemorySegment.ofArray(new byte[marked]);
            if (markers) {
                Markers.insert(frame, 0, length, stream, 0, position, position);
            } else {
                stream.copyFrom(frame);
            }
            frames.add(stream);
            position += marked;
        }
    }

    private static void writeCut(final CapturedConnection connection, final boolean fromClient,
        final List<MemorySegment> frames, final Random random) {
        final byte[] all = join(frames);
        for (int at = 0; at < all.length; ) {
            final int length = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 9 : 100_000));
            connection.bytes(fromClient, ByteBuffer.wrap(all, at, length));
            at += length;
        }
    }

    private static byte[] join(final List<MemorySegment> pieces) {
        final ByteBuffer all =
            ByteBuffer.allocate((int) pieces.stream().mapToLong(MemorySegment::byteSize).sum());
        pieces.forEach(piece -> all.put(piece.asByteBuffer()));
        return all.array();
    }

    /** A frame of memory that is gone is left out, and what follows is whole. */
    @Test
    void shouldLeaveOutWhatIsGone() throws IOException {
        final Path file = folder.resolve("a.pcap");
        final SetUp request = SetUp.request(false, true, EnhancedData.ofDepths(1, 1), new byte[0]);
        final MemorySegment frame = MemorySegment.ofArray(new byte[] {0, 2, 3, 4, 0, 0, 0, 0});
        try (Capture capture = Capture.open(file, NO_LIMIT, CLOCK)) {
            final CapturedConnection connection = capture.connection(at("127.0.0.1", 1), at("127.0.0.1", 7));
            connection.bytes(true, setUp(request));
            final MemorySegment gone;
            try (Arena arena = Arena.ofConfined()) {
                gone = arena.allocate(5);
            }
            assertThatThrownBy(() -> connection.bytes(true, frame.asSlice(0, 2), gone, frame.asSlice(2)))
                .isInstanceOf(IllegalStateException.class);
            connection.bytes(true, frame);
        }
        assertHalves(connections(file).getFirst(), join(List.of(setUp(request), frame)), new byte[0]);
    }

    /** Each thread's connections are whole, whoever writes between. */
    @Test
    void shouldKeepThreadsApart() throws Exception {
        final Path file = folder.resolve("a.pcap");
        try (Capture capture = Capture.open(file, NO_LIMIT)) {
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                final int number = i;
                threads.add(Thread.ofPlatform().start(() -> write(capture, number)));
            }
            for (final Thread thread : threads) {
                thread.join();
            }
        }
        packets(file).forEach(CaptureTest::assertChecksums);
        assertThat(connections(file)).hasSize(4);
        for (final PcapReader.Connection connection : connections(file)) {
            final int port = Integer.parseInt(connection.client().substring("7f000001:".length()));
            assertHalves(connection, pattern(port, 1), pattern(port, 2));
        }
    }

    private static byte[] pattern(final int port, final int side) {
        return bytes(new Random(port * 2L + side), 100 * 997);
    }

    private static void write(final Capture capture, final int number) {
        try {
            final int port = 1000 + number;
            final CapturedConnection connection = capture.connection(at("127.0.0.1", port), at("127.0.0.1", 7));
            for (int i = 0; i < 100; i++) {
                connection.bytes(true, ByteBuffer.wrap(pattern(port, 1), i * 997, 997));
                connection.bytes(false, ByteBuffer.wrap(pattern(port, 2), i * 997, 997));
            }
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
