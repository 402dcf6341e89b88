package io.rnic.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory of this process is there. */
public final class Resident {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "VmRSS:";
    private static final int KIB = 1024;

    private Resident() {
    }

    /** The bytes that are resident, as Linux counts them ({@code proc_pid_status(5)}); 0 where nothing tells. */
    public static long bytes() {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith(LINE))
                .map(line -> line.replaceAll("\\D", "")).mapToLong(Long::parseLong).findFirst().orElse(0) * KIB;
        } catch (final IOException | NumberFormatException e) {
            return 0;
        }
    }
}
