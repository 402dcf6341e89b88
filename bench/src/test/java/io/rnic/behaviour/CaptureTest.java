package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;

/** What is captured of loopback: the frames that would go over a wire. */
class CaptureTest {
    private static final Pattern KEYS = Pattern.compile("0x[0-9a-f]{8} at 0x[0-9a-f]+|(invalidates) 0x[0-9a-f]{8}");
    private static final String SET_UP = "MPA %s revision=2 CRC EnhancedData[peerToPeer=false, rtrSend=false,"
        + " rtrWrite=false, rtrRead=false, ird=16, ord=16] private data=";

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("loopback.pcap");
    }

    private RnicOptions captured(final RnicOptions options) {
        return options.with("capture", file().toString());
    }

    /** The frames of the capture, without what is another in each run. */
    private List<String> frames() throws IOException {
        return CapturedFrame.of(file()).stream().map(frame -> KEYS.matcher(frame.text()).replaceAll("$1..")).toList();
    }

    private static void post(final Side side, final SendRequest request) {
        side.queuePair().postSend(request.signalled(true));
        assertThat(side.awaitSend()).succeeded();
    }

    /** Every kind of message, from either side. */
    private static void talk(final ConnectedPair pair) {
        final Side client = pair.client();
        final Side server = pair.server();
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        for (int i = 0; i < 6; i++) {
            server.receive(i, 0, 1000);
        }
        client.receive(7, 0, 10);
        post(client, new SendRequest().send(1).sge(client.region(), 0, 5));
        post(client, new SendRequest().send(2).sge(client.region(), 0, 5).sge(client.region(), 64, 100)
            .solicited(true));
        post(client, new SendRequest().send(3));
        post(server, new SendRequest().send(4).inline(server.memory(), 0, 7));
        post(client, new SendRequest().write(5, address, rkey).sge(client.region(), 0, 10)
            .sge(client.region(), 99, 30));
        post(client, new SendRequest().write(6, 0, 0));
        post(client, new SendRequest().read(7, address + 8, rkey).sge(client.region(), 0, 64));
        post(client, new SendRequest().read(8, 0, 0));
        post(client, new SendRequest().writeWithImmediate(9, address, rkey, 0x0102).sge(client.region(), 0, 1)
            .solicited(true));
        post(client, new SendRequest().sendWithImmediate(10, 0x0304).sge(client.region(), 0, 2));
        server.memory().setAtIndex(ValueLayout.JAVA_LONG, 512, 40);
        post(client, new SendRequest().fetchAndAdd(11, address + 4096, rkey, 2).sge(client.region(), 0, 8));
        post(client, new SendRequest().compareAndSwap(12, address + 4096, rkey, 42, 5).sge(client.region(), 0, 8));
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            post(client, new SendRequest().sendWithInvalidate(13, region.rkey()).sge(client.region(), 0, 3));
        }
        client.write(14, 0, 16, address, rkey ^ 1);
        assertThat(client.awaitSend()).hasTerminate(1, 1, 0);
    }

    @OverLoopback
    void shouldShowEveryMessageOfAConnection(final RnicOptions options) throws Exception {
        try (ConnectedPair pair = ConnectedPair.open(captured(options))) {
            talk(pair);
        }
        assertThat(frames()).containsExactly("> SYN", "< SYN",
            "> " + SET_UP.formatted("request"), "< " + SET_UP.formatted("reply"),
            "> SEND MSN=1 MO=0, 5 bytes",
            "> SEND_SOLICITED more MSN=2 MO=0, 5 bytes", "> SEND_SOLICITED MSN=2 MO=5, 100 bytes",
            "> SEND MSN=3 MO=0, 0 bytes",
            "< SEND MSN=1 MO=0, 7 bytes",
            "> WRITE .., 10 bytes", "> WRITE .., 30 bytes",
            "> WRITE .., 0 bytes",
            "> READ_REQUEST MSN=1 64 bytes from .. to ..", "< READ_RESPONSE .., 64 bytes",
            "> READ_REQUEST MSN=2 0 bytes from .. to ..", "< READ_RESPONSE .., 0 bytes",
            "> WRITE .., 1 bytes", "> IMMEDIATE_SOLICITED MSN=4 0x0000000000000102",
            "> SEND MSN=5 MO=0, 2 bytes", "> IMMEDIATE MSN=6 0x0000000000000304",
            "> ATOMIC_REQUEST MSN=3 FETCH_ADD id=3 ..", "< ATOMIC_RESPONSE MSN=1 id=3 original=0x0000000000000028",
            "> ATOMIC_REQUEST MSN=4 COMPARE_SWAP id=4 ..", "< ATOMIC_RESPONSE MSN=2 id=4 original=0x000000000000002a",
            "> SEND_INVALIDATE MSN=7 MO=0 invalidates.., 3 bytes",
            "> WRITE .., 16 bytes", "< TERMINATE MSN=1 1/1/0 for a ULPDU of 30 bytes, WRITE",
            "> FIN", "< FIN");
    }

    @OverLoopback
    void shouldCutLongMessagesIntoSegments(final RnicOptions options) throws Exception {
        try (ConnectedPair pair = ConnectedPair.open(captured(options));
            MemoryRegion source = pair.client().register(200_000, Access.LOCAL_WRITE);
            MemoryRegion target = pair.server().register(200_000, Access.LOCAL_WRITE, Access.REMOTE_WRITE,
                Access.REMOTE_READ)) {
            post(pair.client(), new SendRequest().write(1, target.address(), target.rkey()).sge(source, 0, 129_508));
            post(pair.client(), new SendRequest().write(2, target.address(), target.rkey()).sge(source, 0, 129_509));
            post(pair.client(), new SendRequest().read(3, target.address(), target.rkey()).sge(source, 0, 64_755));
        }
        assertThat(frames().subList(4, 12)).containsExactly(
            "> WRITE more .., 64754 bytes", "> WRITE .., 64754 bytes",
            "> WRITE more .., 64754 bytes", "> WRITE more .., 64754 bytes", "> WRITE .., 1 bytes",
            "> READ_REQUEST MSN=1 64755 bytes from .. to ..",
            "< READ_RESPONSE more .., 64754 bytes", "< READ_RESPONSE .., 1 bytes");
    }

    @OverLoopback
    void shouldShowWhoIsRejected(final RnicOptions options) throws Exception {
        try (Rnic rnic = Rnic.open(captured(options));
            Side side = Side.of(rnic);
            Listener listener = rnic.listen(ConnectedPair.anyPort());
            ConnectionAttempt attempt =
                side.queuePair().beginConnect(listener.address(), new byte[] {1})) {
            Objects.requireNonNull(listener.await(Completions.PATIENCE)).reject(new byte[] {2, 3});
            assertThatThrownBy(() -> attempt.await(Completions.PATIENCE)).isInstanceOf(RejectedException.class);
        }
        assertThat(frames()).containsExactly("> SYN", "< SYN", "> " + SET_UP.formatted("request") + "01",
            "< " + SET_UP.formatted("reply").replace("CRC", "CRC rejected").replace("=16", "=0") + "0203", "< FIN",
            "> FIN");
    }

    /** One file for all devices of the JVM and all their connections, each with a port of its own. */
    @OverLoopback
    void shouldTellConnectionsApart(final RnicOptions options) throws Exception {
        try (ConnectedPair one = ConnectedPair.open(captured(options));
            ConnectedPair other = ConnectedPair.open(captured(options).with("device", "another"))) {
            for (final ConnectedPair pair : List.of(one, other, one)) {
                pair.server().receive(1, 0, 10);
                pair.client().send(1, 0, 10);
                assertThat(pair.client().awaitSend()).succeeded();
            }
        }
        final List<CapturedFrame> frames = CapturedFrame.of(file());
        final List<Integer> clients = frames.stream().map(CapturedFrame::client).distinct().toList();
        assertThat(clients).hasSize(2);
        assertThat(frames).filteredOn(frame -> frame.text().contains(" SEND ")).containsExactly(
            new CapturedFrame(clients.getFirst(), "> SEND MSN=1 MO=0, 10 bytes"),
            new CapturedFrame(clients.getLast(), "> SEND MSN=1 MO=0, 10 bytes"),
            new CapturedFrame(clients.getFirst(), "> SEND MSN=2 MO=0, 10 bytes"));
    }

    @OverLoopback
    void shouldStopAtItsLimit(final RnicOptions options) throws Exception {
        try (ConnectedPair pair = ConnectedPair.open(captured(options).with("captureLimit", "10K"))) {
            for (int i = 0; i < 100; i++) {
                pair.client().write(i, 0, 1000, pair.server().region().address(), pair.server().region().rkey());
                assertThat(pair.client().awaitSend()).succeeded();
            }
        }
        assertThat(Files.size(file())).isBetween(9L << 10, 10L << 10);
        assertThat(frames().getLast()).isEqualTo("> WRITE .., 1000 bytes");
    }

    @OverLoopback
    void shouldSayThatItCannotBeWritten(final RnicOptions options) {
        final RnicOptions wrong = options.with("capture", folder.resolve("none").resolve("a.pcap").toString());
        expectRefused(RnicError.INVALID_ARGUMENT, () -> Rnic.open(wrong))
            .hasMessageContaining("a.pcap is not allowed; allowed: a file that can be written (");
    }

    /** Wireshark itself, where it is installed. */
    @OverLoopback
    void shouldBeDissectedByWireshark(final RnicOptions options) throws Exception {
        assumeTrue(isThere("tshark"), "tshark is not installed");
        try (ConnectedPair pair = ConnectedPair.open(captured(options))) {
            talk(pair);
        }
        assertThat(tshark("-Y", "_ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0"
            + " or iwarp_mpa.bad_length or tcp.analysis.flags")).isEmpty();
        assertThat(tshark("-V").lines().filter(line -> line.contains("CRC check: "))).hasSize(23)
            .allMatch(line -> line.endsWith("(Good CRC32)"));
        assertThat(tshark("-Y", "iwarp_ddp").lines()).hasSize(23);
    }

    private static boolean isThere(final String program) {
        return Pattern.compile(":").splitAsStream(System.getenv("PATH"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** By TCP, with CRC and without: what really goes over the wire, each frame whole, and nothing twice. */
    @OverLoopback
    void shouldShowWhatGoesByTcp(final RnicOptions options) throws Exception {
        for (final String crc : List.of("true", "false")) {
            final Path file = folder.resolve(crc + ".pcap");
            try (ConnectedPair pair = ConnectedPair.open(options.with("capture", file.toString()).with("link", "tcp")
                    .with("mpa.crc", crc).with("device", "crc-" + crc));
                MemoryRegion target = pair.server().register(200_000, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
                pair.server().receive(1, 0, 1000);
                post(pair.client(), new SendRequest().send(1).sge(pair.client().region(), 0, 1000));
                assertThat(pair.server().awaitReceive()).succeeded();
                post(pair.client(), new SendRequest().read(2, target.address(), target.rkey())
                    .sge(pair.client().region(), 0, 0));
                pair.client().write(3, 0, 16, target.address(), target.rkey() ^ 1);
                pair.client().read(4, 0, 0, 0, 0);
                Completions.await(pair.client().sends(), 2); // the Read waits for the Terminate
            }
            final List<String> frames = CapturedFrame.of(file, Boolean.parseBoolean(crc)).stream()
                .map(frame -> KEYS.matcher(frame.text()).replaceAll("$1..")).toList();
            assertThat(frames).filteredOn(text -> text.startsWith("> ")).contains("> SEND MSN=1 MO=0, 1000 bytes",
                "> WRITE .., 0 bytes", "> READ_REQUEST MSN=1 0 bytes from .. to ..", "> WRITE .., 16 bytes");
            assertThat(frames).filteredOn(text -> text.startsWith("< ")).contains("< READ_RESPONSE .., 0 bytes",
                "< TERMINATE MSN=1 1/1/0 for a ULPDU of 30 bytes, WRITE");
        }
    }

    private String tshark(final String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("tshark", "-r", file().toString(), "-o",
            "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "--disable-protocol", "rpcordma",
            "--disable-protocol", "smb_direct"));
        command.addAll(List.of(arguments));
        final Path errors = folder.resolve("errors");
        final Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        final String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return text;
    }
}
