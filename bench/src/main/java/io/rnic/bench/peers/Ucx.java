package io.rnic.bench.peers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What ucx_perftest measures over shared memory, where it is installed. Its failures are remarks, not errors. */
final class Ucx {
    private static final String COMMAND = "ucx_perftest";
    private static final double NS_PER_SECOND = 1e9;

    private static final List<Test> TESTS = List.of(
        new Test("ucx_send_rtt", Unit.NS, RoundTrips.MESSAGE_BYTES, "tag_lat", 200_000),
        new Test("ucx_write_rtt", Unit.NS, Long.BYTES, "ucp_put_lat", 200_000),
        new Test("ucx_send_rate", Unit.PER_SECOND, RoundTrips.MESSAGE_BYTES, "tag_bw", 2_000_000),
        new Test("ucx_write_rate", Unit.PER_SECOND, RoundTrips.MESSAGE_BYTES, "ucp_put_bw", 2_000_000),
        new Test("ucx_write_64k", Unit.BYTES_PER_SECOND, Kinds.SMALL_BLOCK, "ucp_put_bw", 20_000),
        new Test("ucx_write_1m", Unit.BYTES_PER_SECOND, Kinds.LARGE_BLOCK, "ucp_put_bw", 1000),
        new Test("ucx_read_64k", Unit.BYTES_PER_SECOND, Kinds.SMALL_BLOCK, "ucp_get", 20_000));

    private final @Nullable Path command;
    private final Map<String, List<Double>> values = new TreeMap<>();
    private String status;

    private record Test(String name, Unit unit, int bytes, String ucxName, int iterations) {
        /** A round trip is twice the way that ucx_perftest reports. */
        double value(final double rate) {
            return switch (unit) {
                case NS -> 2 * NS_PER_SECOND / rate;
                case PER_SECOND -> rate;
                case BYTES_PER_SECOND -> rate * bytes;
                case BYTES -> throw new IllegalStateException("ucx_perftest tells no memory");
            };
        }
    }

    private Ucx(final @Nullable Path command, final String status) {
        this.command = command;
        this.status = status;
    }

    /** Looks for it on a path of folders. */
    static Ucx find(final @Nullable String path) {
        for (final String folder : (path == null ? "" : path).split(File.pathSeparator, -1)) {
            final Path file = Path.of(folder.isEmpty() ? "." : folder, COMMAND);
            if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
                return new Ucx(file, "installed");
            }
        }
        return new Ucx(null, "not installed");
    }

    /** Does nothing. */
    static Ucx none() {
        return new Ucx(null, "not asked for");
    }

    /** Runs its tests once; after a failure never again. */
    void run() {
        if (command == null || !status.equals("installed")) {
            return;
        }
        for (final Test test : TESTS) {
            final UcxProcess process = new UcxProcess(command);
            final String output =
                process.run(List.of("-t", test.ucxName, "-s", Integer.toString(test.bytes),
                    "-n", Integer.toString(test.iterations), "-w", "1000", "-f", "-v"));
            final OptionalDouble rate = UcxOutput.rate(output);
            if (rate.isEmpty()) {
                status = "failed: " + test.ucxName + " gave no result" + process.why();
                return;
            }
            values.computeIfAbsent(test.name, name -> new ArrayList<>()).add(test.value(rate.getAsDouble()));
        }
    }

    /** Installed, not installed, or what failed. */
    String status() {
        return status;
    }

    /** What it measured. */
    List<Figure> figures() {
        return TESTS.stream().filter(test -> values.containsKey(test.name))
            .map(test -> new Figure(test.name, test.unit, test.bytes, false,
                values.getOrDefault(test.name, List.of()), List.of()))
            .toList();
    }
}
