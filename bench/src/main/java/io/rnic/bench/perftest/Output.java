package io.rnic.bench.perftest;

import java.io.PrintStream;
import java.util.Locale;

/** What a side says, with perftest's headings. */
final class Output {
    private static final String LINE =
        "---------------------------------------------------------------------------------------";
    private static final String LATENCY = " #bytes #iterations    t_min[usec]    t_max[usec]  t_typical[usec]"
        + "    t_avg[usec]    t_stdev[usec]   99% percentile[usec]   99.9% percentile[usec] ";
    private static final String LATENCY_TIMED = " #bytes        #iterations       t_avg[usec]    tps average";
    private static final String MEGABYTES =
        " #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]";
    private static final String GIGABITS =
        " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]";
    private static final String NOT_LOOKED_FOR = "-";
    private static final double NS_PER_US = 1000;
    /** perftest's MB. */
    private static final double MEGABYTE = 1 << 20;
    /** Bytes. */
    private static final double GIGABIT = 125_000_000;
    private static final double MILLION = 1e6;

    private final PrintStream out;
    private final Parameters parameters;
    private final boolean gigabits;

    Output(final PrintStream out, final Parameters parameters, final boolean gigabits) {
        this.out = out;
        this.parameters = parameters;
        this.gigabits = gigabits;
    }

    /** Says a line. */
    void say(final String line) {
        out.println(line);
    }

    /** Says what runs, and the heading. */
    void begin(final String facts) {
        say(LINE);
        say(" " + parameters.test().title() + " test: " + parameters);
        say(" " + facts);
        say(LINE);
        say(heading());
    }

    private String heading() {
        if (parameters.test().isLatency()) {
            return parameters.isTimed() ? LATENCY_TIMED : LATENCY;
        }
        return gigabits ? GIGABITS : MEGABYTES;
    }

    /** Says a result. */
    void row(final Row row) {
        final String line = switch (row) {
            case Row.Latency latency -> parameters.isTimed() ? timed(latency) : counted(latency);
            case Row.Bandwidth bandwidth -> bandwidth(bandwidth);
        };
        say(line.stripTrailing());
    }

    private static String timed(final Row.Latency row) {
        return String.format(Locale.ROOT, " %-7d       %-11d       %-11.2f    %-11.2f", row.bytes(), row.iterations(),
            row.averageNs() / NS_PER_US, row.perSecond());
    }

    private static String counted(final Row.Latency row) {
        return String.format(Locale.ROOT,
            " %-7d %-11d    %-11.2f    %-11.2f  %-15.2f    %-11.2f    %-13.2f   %-20.2f   %-22.2f", row.bytes(),
            row.iterations(), row.minNs() / NS_PER_US, row.maxNs() / NS_PER_US, row.typicalNs() / NS_PER_US,
            row.averageNs() / NS_PER_US, row.stdevNs() / NS_PER_US, row.p99Ns() / NS_PER_US,
            row.p999Ns() / NS_PER_US);
    }

    private String bandwidth(final Row.Bandwidth row) {
        final double unit = gigabits ? GIGABIT : MEGABYTE;
        final String peak = row.peak() > 0 ? String.format(Locale.ROOT, "%.2f", row.peak() / unit) : NOT_LOOKED_FOR;
        return String.format(Locale.ROOT, " %-7d    %-11d    %-15s    %-18.2f   %-13.6f", row.bytes(),
            row.iterations(), peak, row.average() / unit, row.messageRate() / MILLION);
    }

    /** Says that this was all. */
    void end() {
        say(LINE);
    }
}
