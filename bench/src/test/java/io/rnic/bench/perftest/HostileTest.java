package io.rnic.bench.perftest;

import static io.rnic.bench.perftest.Commands.connect;
import static io.rnic.bench.perftest.Commands.serve;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rnic.bench.perftest.Commands.Ended;
import io.rnic.bench.perftest.Commands.Serving;
import io.rnic.verbs.Listener;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other sides that do not fit, that lie, and that die. */
@Timeout(120)
class HostileTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Parameters PINGS = new Parameters(PerfTest.SEND_LAT, 2, 1000, 0, 1);

    private Rnic nic;

    @BeforeEach
    void open() {
        nic = Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", "hostile")
            .with("pinning", "preferred"));
    }

    @AfterEach
    void close() {
        nic.close();
    }

    /** Connects as a client does; returns what the server says. */
    private static byte[] join(final Side side, final Serving server, final int connection, final byte[] privateData)
        throws InterruptedException {
        return side.queuePair(connection).connect(server.address(), privateData, PATIENCE);
    }

    private static byte[] rejected(final Side side, final Serving server, final byte[] privateData) {
        return catchThrowableOfType(RejectedException.class, () -> join(side, server, 0, privateData)).privateData();
    }

    private static Greeting ours(final byte[] privateData) {
        return ((Greeting.Heard.Ours) Greeting.hear(privateData)).greeting();
    }

    @ParameterizedTest
    @CsvSource({"send-lat -n 20,send-lat -n 21,-n 20,-n 21", "write-bw -s 3,write-bw -a,-s 3,-a",
        "send-bw,send-lat,bw,lat", "read-bw -q 2,read-bw,-q 2,-q 1", "read-lat -D 1,read-lat,-D 1,-n 1000"})
    void shouldTellBothThatTheyDoNotFit(final String server, final String client, final String serverHas,
        final String clientHas) throws Exception {
        final Serving serving = serve(server);
        final Ended asked = connect(serving, client);
        final Ended served = serving.await();
        for (final Ended ended : new Ended[] {asked, served}) {
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
            assertThat(ended.err().lines()).hasSize(1).first().asString().contains(serverHas, clientHas, "allowed");
        }
    }

    @Test
    void shouldRefuseAStrangerAndServeTheNext() throws Exception {
        final Serving serving = serve("send-lat -n 5");
        for (final byte[] stranger : new byte[][] {{}, {1}, "GET / HTTP/1.1".getBytes(US_ASCII), new byte[500]}) {
            try (Side side = new Side(nic, PINGS, 4)) {
                assertThat(ours(rejected(side, serving, stranger)).verdict()).isEqualTo(Greeting.Verdict.REFUSED);
            }
        }
        final Ended asked = connect(serving, "send-lat -n 5");
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        final Ended served = serving.await();
        assertThat(served.exitCode()).isZero();
        assertThat(served.err().lines()).hasSize(4).allMatch(line -> line.contains("refused a connection"));
    }

    @Test
    void shouldRefuseASecondClientMeanwhile() throws Exception {
        final Serving serving = serve("send-lat");
        try (Side first = new Side(nic, PINGS, 4); Side second = new Side(nic, PINGS, 4)) {
            join(first, serving, 0, first.greeting(0, 1).bytes());
            for (int connection = 0; connection < 2; connection++) {
                assertThat(ours(rejected(second, serving, second.greeting(connection, 2).bytes())).verdict())
                    .isEqualTo(Greeting.Verdict.REFUSED);
            }
            join(first, serving, 1, first.greeting(1, 1).bytes());
        }
        assertThat(serving.await().exitCode()).isEqualTo(1);
    }

    /** It gets a reason; one stray packet may not end a server that waits. */
    @ParameterizedTest
    @CsvSource({"4,version", "6,unknown", "7,unknown", "8,cannot be", "12,cannot be", "16,cannot be", "20,cannot be",
        "22,cannot be", "44,reserved", "100,has 55 bytes"})
    void shouldRefuseAClientThatSaysWhatCannotBeAndServeTheNext(final int offset, final String why) throws Exception {
        final Serving serving = serve("send-lat -n 5");
        try (Side side = new Side(nic, PINGS, 4)) {
            final byte[] lies = lies(side.greeting(0, 1).bytes(), offset);
            assertThat(ours(rejected(side, serving, lies)).verdict()).isEqualTo(Greeting.Verdict.MISMATCH);
        }
        final Ended asked = connect(serving, "send-lat -n 5");
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        final Ended served = serving.await();
        assertThat(served.exitCode()).as(served.err()).isZero();
        assertThat(served.err().lines()).hasSize(1).first().asString().contains("refused a connection", why);
    }

    /** A byte of it another one, or one byte less. */
    private static byte[] lies(final byte[] greeting, final int offset) {
        if (offset >= greeting.length) {
            return Arrays.copyOf(greeting, Greeting.BYTES - 1);
        }
        greeting[offset] = (byte) 0xEE;
        return greeting;
    }

    @Test
    void shouldNotSayAnewWhyItRefuses() throws Exception {
        final Serving serving = serve("send-lat -n 5");
        for (int i = 0; i < 3 * (Refusals.REASONS + 2); i++) {
            try (Side side = new Side(nic, PINGS, 4)) {
                rejected(side, serving, new byte[i / 3]);
            }
        }
        connect(serving, "send-lat -n 5");
        final List<String> said = serving.await().err().lines().toList();
        assertThat(said).hasSize(Refusals.REASONS + 1).doesNotHaveDuplicates();
        assertThat(said.getFirst()).contains("refused a connection", "0 bytes");
        assertThat(said.getLast()).isEqualTo("rnic send-lat: refused 22 more");
    }

    @ParameterizedTest
    @CsvSource({"0,another program", "4,version", "6,unknown", "7,unknown", "8,cannot be", "44,reserved",
        "100,has 55 bytes"})
    void shouldEndWhenAServerSaysWhatCannotBe(final int offset, final String why) throws Exception {
        try (Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Side side = new Side(nic, PINGS, 4)) {
            final Serving here = new Serving(listener.address().getPort(), new CompletableFuture<>());
            final CompletableFuture<Ended> asked = CompletableFuture.supplyAsync(() -> connect(here, "send-lat"));
            final byte[] lies = lies(side.greeting(0, 1).bytes(), offset);
            Objects.requireNonNull(listener.await(PATIENCE)).accept(side.queuePair(0), lies);
            final Ended ended = asked.get(Commands.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err().lines()).hasSize(1).first().asString().contains(why);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-lat", "send-bw", "write-lat", "write-bw", "read-lat", "read-bw"})
    void shouldBeFreeWhenTheClientDies(final String test) throws Exception {
        for (final boolean begun : new boolean[] {false, true}) {
            final Serving serving = serve(test + " -s 2 -n 1000");
            final Parameters parameters = new Parameters(ours(test), 2, 1000, 0, 1);
            try (Side side = new Side(nic, parameters, 4)) {
                join(side, serving, 0, side.greeting(0, 1).bytes());
                side.meet(ours(join(side, serving, 1, side.greeting(1, 1).bytes())));
                if (begun) {
                    side.control().tell(Control.What.BEGIN, 2);
                    side.control().expect(Control.What.READY);
                }
            }
            final Ended served = serving.await();
            assertThat(served.exitCode()).isEqualTo(1);
            assertThat(served.err().lines()).hasSize(1).first().asString().contains("ended");
        }
    }

    /** One that is gone before it has made all its connections: by an orderly end, a lost connection, nonsense. */
    @ParameterizedTest
    @CsvSource({"user,invoker,close,PEER_DISCONNECTED", "kernel,invoker,close,PEER_DISCONNECTED",
        "user,dedicated,reset,PEER_DISCONNECTED", "user,invoker,nonsense,PROTOCOL"})
    void shouldBeFreeAtOnceWhenTheClientDiesWhileItConnects(final String frontEnd, final String threading,
        final String end, final String why) throws Exception {
        final Serving serving = serve("send-bw -n 50 -q 2 --front-end " + frontEnd + " --threading " + threading);
        final Parameters parameters = new Parameters(PerfTest.SEND_BW, 65_536, 50, 0, 2);
        final byte[] greeting = new Greeting(parameters, Greeting.Verdict.WELCOME, 0, 1, 0, 0, 0).bytes();
        try (Socket client = RawClient.connect(serving.address(), greeting)) {
            if (end.equals("nonsense")) {
                client.getOutputStream().write("\0\20AAAAAAAAAAAAAAAAAAAAAAAAA".getBytes(US_ASCII));
                client.getInputStream().readAllBytes();
            }
            client.setSoLinger(end.equals("reset"), 0);
        }
        final Ended served = serving.await();
        assertThat(served.exitCode()).isEqualTo(1);
        assertThat(served.err().lines()).hasSize(1).first().asString()
            .contains("connection 0 of the client ended before it had made all 3", why);
    }

    /** Also if it is one with data, and if others, who are refused, ask all the time. */
    @Test
    void shouldBeFreeAtOnceWhenTheClientDiesWhileOthersAsk() throws Exception {
        final Serving serving = serve("write-bw -n 50 -s 2 -q 2");
        final Parameters parameters = new Parameters(PerfTest.WRITE_BW, 2, 50, 0, 2);
        try (Side first = new Side(nic, parameters, 4)) {
            join(first, serving, 0, first.greeting(0, 1).bytes());
            join(first, serving, 1, first.greeting(1, 1).bytes());
            first.queuePair(1).disconnect();
            while (!serving.ended().isDone()) {
                try (Side other = new Side(nic, parameters, 4)) {
                    join(other, serving, 0, other.greeting(0, 2).bytes());
                } catch (final RnicException e) {
                    assertThat(e).as("answered, or nobody listens").hasMessageNotContaining("no set-up frame");
                }
            }
        }
        assertThat(serving.await().err().lines()).hasSize(1).first().asString()
            .contains("connection 1 of the client ended before it had made all 3", "PEER_DISCONNECTED");
    }

    private static PerfTest ours(final String label) {
        return PerfTest.valueOf(label.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    @ParameterizedTest
    @CsvSource({"BEGIN,3,allowed: [2]", "BEGIN,4294967298,allowed: [2]", "READY,0,allowed: [2]", "DONE,1,allowed: [2]"})
    void shouldEndWhenTheClientTellsWhatCannotBe(final Control.What what, final long value, final String why)
        throws Exception {
        final Serving serving = serve("send-lat");
        try (Side side = new Side(nic, PINGS, 4)) {
            join(side, serving, 0, side.greeting(0, 1).bytes());
            join(side, serving, 1, side.greeting(1, 1).bytes());
            side.control().tell(what, value);
            final Ended served = serving.await();
            assertThat(served.exitCode()).isEqualTo(1);
            assertThat(served.err()).contains(why);
        }
    }

    @Test
    void shouldEndWhenTheCountsDiffer() throws Exception {
        final Serving serving = serve("send-lat");
        try (Side side = new Side(nic, PINGS, 4)) {
            join(side, serving, 0, side.greeting(0, 1).bytes());
            join(side, serving, 1, side.greeting(1, 1).bytes());
            side.control().tell(Control.What.BEGIN, 2);
            side.control().expect(Control.What.READY);
            side.control().tell(Control.What.END, 7);
            final Ended served = serving.await();
            assertThat(served.exitCode()).isEqualTo(1);
            assertThat(served.err()).contains("counts 7 iterations, this side 0");
        }
    }

    @Test
    void shouldEndWhenTheServerDies() throws Exception {
        try (Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final Serving here = new Serving(listener.address().getPort(), new CompletableFuture<>());
            final CompletableFuture<Ended> asked;
            try (Side side = new Side(nic, PINGS, 4)) {
                asked = CompletableFuture.supplyAsync(() -> connect(here, "send-lat"));
                for (int connection = 0; connection < 2; connection++) {
                    Objects.requireNonNull(listener.await(PATIENCE))
                        .accept(side.queuePair(connection), side.greeting(connection, 1).bytes());
                }
                side.control().expect(Control.What.BEGIN);
            }
            final Ended ended = asked.get(Commands.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err().lines()).hasSize(1).first().asString().contains("ended");
        }
    }

    @Test
    void shouldHearAnyBytes() {
        final Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            final byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            final byte[] almost = new Greeting(PINGS, Greeting.Verdict.WELCOME, 0, 1, 2, 3, 4).bytes();
            almost[random.nextInt(almost.length)] = (byte) random.nextInt();
            assertThat(Greeting.hear(bytes)).isNotNull();
            assertThat(Greeting.hear(almost)).isNotNull();
        }
        final Greeting greeting = new Greeting(new Parameters(PerfTest.READ_BW, 0, 0, 9, 1024),
            Greeting.Verdict.MISMATCH, 1024, -1, Long.MIN_VALUE, -2, 77);
        assertThat(ours(greeting.bytes())).isEqualTo(greeting);
    }
}
