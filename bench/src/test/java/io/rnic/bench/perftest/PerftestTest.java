package io.rnic.bench.perftest;

import static io.rnic.bench.perftest.Commands.connect;
import static io.rnic.bench.perftest.Commands.run;
import static io.rnic.bench.perftest.Commands.serve;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.perftest.Commands.Ended;
import io.rnic.bench.perftest.Commands.Serving;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both ends, with few iterations. */
@Timeout(120)
class PerftestTest {
    private static final String LATENCY = " #bytes #iterations    t_min[usec]    t_max[usec]  t_typical[usec]"
        + "    t_avg[usec]    t_stdev[usec]   99% percentile[usec]   99.9% percentile[usec] ";
    private static final String BANDWIDTH =
        " #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]";

    @TempDir
    private Path folder;

    private static Ended[] both(final String server, final String client) throws Exception {
        final Serving serving = serve(server);
        final Ended asked = connect(serving, client);
        final Ended served = serving.await();
        assertThat(asked.exitCode()).as(asked.err() + served.err()).isZero();
        assertThat(served.exitCode()).as(served.err()).isZero();
        return new Ended[] {asked, served};
    }

    private static List<String> cells(final String row) {
        return List.of(row.strip().split(" +"));
    }

    @ParameterizedTest
    @CsvSource({"send-lat,1,19", "send-lat,200000,19", "write-lat,1,19", "write-lat,70000,19", "read-lat,300,0",
        "read-lat,200000,0"})
    void shouldMeasureLatencyThroughEitherFrontEnd(final String test, final String bytes, final int servedRows)
        throws Exception {
        for (final String[] ends : new String[][] {{"user", "kernel"}, {"kernel", "user"}}) {
            final String both = test + " -F -q 1 -s " + bytes + " -n 20 --front-end ";
            final Ended[] ended = both(both + ends[0], both + ends[1]);
            assertThat(ended).allMatch(side -> side.heading().equals(LATENCY));
            assertThat(ended[0].rows()).hasSize(1);
            final List<String> cells = cells(ended[0].rows().getFirst());
            assertThat(cells).hasSize(9).startsWith(bytes, "20");
            final List<Double> times = cells.stream().skip(2).map(Double::valueOf).toList();
            assertThat(times).allMatch(time -> time >= 0);
            assertThat(times.get(0)).as("min, typical, 99 %, 99.9 %, max of %s", times).isPositive()
                .isLessThanOrEqualTo(times.get(2));
            assertThat(times.get(2)).isLessThanOrEqualTo(times.get(5));
            assertThat(times.get(6)).isBetween(times.get(5), times.get(1));
            assertThat(ended[1].rows()).hasSize(servedRows == 0 ? 0 : 1)
                .allMatch(row -> cells(row).get(1).equals(String.valueOf(servedRows)));
        }
    }

    @ParameterizedTest
    @CsvSource({"send-bw,1,1", "send-bw,9000,2", "write-bw,1,2", "write-bw,100000,1", "read-bw,1,1",
        "read-bw,9000,2"})
    void shouldMeasureBandwidthThroughEitherFrontEnd(final String test, final String bytes, final int queuePairs)
        throws Exception {
        for (final String[] ends : new String[][] {{"user", "kernel"}, {"kernel", "user"}}) {
            final String both = test + " -s " + bytes + " -n 700 -q " + queuePairs + " --front-end ";
            final Ended[] ended = both(both + ends[0], both + ends[1] + " -t 7");
            assertThat(ended).allMatch(side -> side.heading().equals(BANDWIDTH));
            assertThat(ended[0].rows()).hasSize(1);
            final List<String> cells = cells(ended[0].rows().getFirst());
            assertThat(cells).hasSize(5).startsWith(bytes, String.valueOf(700 * queuePairs));
            assertThat(Double.parseDouble(cells.get(4))).isPositive();
            assertThat(ended[1].rows()).hasSize(test.equals("send-bw") ? 1 : 0)
                .allMatch(row -> cells(row).get(1).equals(String.valueOf(700 * queuePairs)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-lat -a -n 5", "write-lat -a -n 5 --threading dedicated", "read-lat -a -n 5",
        "send-bw -a -n 5 -q 2", "write-bw -a -n 5 -q 2 --no-crc", "read-bw -a -n 5 --threading dedicated"})
    void shouldGoThroughAllSizes(final String line) throws Exception {
        final Ended[] ended = both(line, line);
        assertThat(ended[0].rows().stream().map(row -> cells(row).getFirst()))
            .isEqualTo(IntStream.rangeClosed(1, 23).mapToObj(power -> String.valueOf(1 << power)).toList());
    }

    @Test
    void shouldGoByTime() throws Exception {
        final Ended latency = both("send-lat -D 1", "send-lat -D 1")[0];
        assertThat(latency.heading()).isEqualTo(" #bytes        #iterations       t_avg[usec]    tps average");
        assertThat(cells(latency.rows().getFirst())).hasSize(4);
        final Ended writes = both("write-bw -D 1 -q 2 -s 5", "write-bw -D 1 -q 2 -s 5 --report_gbits")[0];
        assertThat(writes.heading()).isEqualTo(BANDWIDTH.replace("MB", "Gb"));
        assertThat(cells(writes.rows().getFirst())).hasSize(5).contains("-", Index.atIndex(2));
        final Ended sends = both("send-bw -D 1 -q 2", "send-bw -D 1 -q 2")[0];
        assertThat(cells(sends.rows().getFirst())).hasSize(5);
    }

    @Test
    void shouldSayADashWhereNoPeakIsLookedFor() throws Exception {
        final Ended[] without = both("send-bw -n 50", "send-bw -n 50 -N");
        assertThat(without).allMatch(side -> cells(side.rows().getFirst()).get(2).equals("-"));
        final String peak = cells(both("send-bw -n 50", "send-bw -n 50")[0].rows().getFirst()).get(2);
        assertThat(Double.parseDouble(peak)).isPositive();
    }

    @Test
    void shouldRefuseAnEmptyHost() {
        for (final String empty : new String[] {"", " "}) {
            final Ended ended = run("send-bw", empty);
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.err().lines()).hasSize(1).first().asString()
                .contains("HOST '" + empty + "' is empty", "a name or number");
        }
    }

    @Test
    void shouldWarmUpWithoutARow() throws Exception {
        final Serving serving = serve("send-bw -n 5");
        final Ended asked =
            run("send-bw", "-n", "5", "127.0.0.1", "-p", String.valueOf(serving.port()), "--warm-up", "0.01");
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        assertThat(asked.rows()).hasSize(1);
        assertThat(serving.await().rows()).hasSize(1);
    }

    @Test
    void shouldWriteResultsAsJson() throws Exception {
        final Path times = folder.resolve("times.json");
        final Path served = folder.resolve("served.json");
        both("write-lat -n 5 --json " + served, "write-lat -n 5 --json " + times);
        assertThat(JsonMapper.shared().readTree(Files.readString(served)).get("parameters").propertyNames())
            .containsExactly("role", "queuePairs", "txDepth");
        final JsonNode latency = JsonMapper.shared().readTree(Files.readString(times));
        assertThat(latency.propertyNames()).containsExactly("command", "host", "parameters", "results");
        assertThat(latency.get("parameters").propertyNames())
            .containsExactly("role", "queuePairs", "txDepth", "warmUpSeconds");
        assertThat(latency.get("command").asString()).isEqualTo("write-lat");
        assertThat(latency.get("host").get("link").asString()).isEqualTo("tcp");
        assertThat(latency.get("results").get(0).propertyNames()).containsExactly("bytes", "iterations", "minNs",
            "maxNs", "typicalNs", "averageNs", "stdevNs", "p99Ns", "p999Ns", "elapsedNs");

        final Ended asked = both("read-bw -n 5", "read-bw -n 5 --json -")[0];
        final JsonNode bandwidth = JsonMapper.shared().readTree(asked.out());
        assertThat(bandwidth.get("results").get(0).propertyNames()).containsExactly("bytes", "iterations",
            "bytesPerSecondPeak", "bytesPerSecond", "messagesPerSecond", "elapsedNs");
        assertThat(asked.err()).contains(BANDWIDTH);
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        final Serving gone = serve("read-lat -n 5");
        connect(gone, "read-lat -n 5");
        gone.await();
        final Ended asked = connect(gone, "read-lat -n 5");
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.err().lines()).hasSize(1).first().asString().contains(String.valueOf(gone.port()), "refused");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        send-lat -s 0                    | --size 0             | 1 to 1073741824
        send-lat -s many                 | 'many'               | a whole number, 1 to 1073741824
        send-lat -s 99999999999          | '99999999999'        | 1 to 1073741824
        send-lat -D x                    | 'x'                  | 1 to 86400
        send-lat -p x                    | 'x'                  | 1 to 65535
        send-lat --warm-up x             | 'x'                  | a number, 0 to 3600
        send-lat --warm-up nan           | 'nan'                | a number, 0 to 3600
        send-lat --warm-up NaN           | NaN                  | 0 to 3600
        send-lat -s 5 -s 6               | --size               | --size once
        send-lat --crc --no-crc          | --crc                | --crc or --no-crc, once
        send-lat -n                      | --iters              | 5 to 100000000
        send-lat --bind                  | --bind               | --bind ADDR
        send-lat -n 4                    | --iters 4            | 5 to 100000000
        send-lat -D 0                    | --duration 0         | 1 to 86400
        send-lat -q 2                    | --qp 2 is            | --qp 1
        read-lat -t 2                    | --tx-depth 2 is      | one message
        send-bw -q 0                     | --qp 0               | 1 to 1024
        send-bw -q 1024 -a               | --qp 1024            | 1073741824 bytes in all
        send-bw -t 0                     | --tx-depth 0         | 1 to 15000
        send-bw -s 5 -a                  | --size and --all     | one of them
        send-bw -n 5 -D 5                | --iters and          | one of them
        write-bw -p 0                    | --port 0             | 1 to 65535
        write-bw no.such.host.invalid    | no.such.host.invalid | a name or number
        write-bw fe80::1                 | 'fe80::1'            | fe80:0:0:0:0:0:0:1%eth0
        write-bw --bind fe80::1          | --bind 'fe80::1'     | %eth0
        write-bw --bind=                 | --bind ''            | a name or number
        send-bw --warm-up 5              | --warm-up 5.0        | HOST
        write-bw --bind no.such.invalid  | no.such.invalid      | a name or number
        write-bw --bind 127.0.0.1 host   | --bind               | HOST
        read-bw --front-end hardware     | 'hardware'           | kernel, user
        read-bw --threading both         | 'both'               | invoker, dedicated
        read-bw --warm-up -1             | --warm-up            | 0 to 3600
        read-bw --json=                  | without a name       | file that can be written
        read-bw here there               | 'there'              | --size
        read-bw --fast                   | '--fast'             | --size
        """)
    void shouldSayInOneLineWhatWasGivenAndWhatIsAllowed(final String line, final String given, final String allowed) {
        final Ended ended = run(line.split(" ", -1));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines()).hasSize(1).first().asString().contains(given, allowed);
    }

    @Test
    void shouldPrintHelpWithDefaults() {
        assertThat(run("write-bw", "-h").out()).contains("Usage: rnic write-bw", "Default: 5000", "Default: 65536",
            "Default: 18515", "Exit codes");
        assertThat(run("send-lat", "--help").out()).contains("Default: 1000", "Default: 2.");
    }
}
