package io.rnic.bench.peers;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import io.rnic.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** The report for people. */
final class PeersTable {
    private static final String NEW_LINE = System.lineSeparator();
    private static final String YES = " yes ";
    private static final String MISSED = " MISSED ";

    private PeersTable() {
    }

    /** The text, ending in a line end; coloured where {@code colours} says so. */
    static String of(final PeersReport report, final Ansi colours) {
        return String.join(NEW_LINE, heading(report), "", "Figures", figures(report), "", "Ratios",
            ratios(report, colours), "", legend(report), "");
    }

    private static String heading(final PeersReport report) {
        final Map<String, Object> host = report.host();
        return "rnic peers: " + host.get("cpu") + ", " + host.get("cores") + " core(s), " + host.get("os") + " "
            + host.get("arch") + ", " + host.get("jvm") + NEW_LINE + "link " + host.get("link") + ", threading "
            + host.get("threading") + ", pinning " + host.get("pinning") + ", crossing " + host.get("crossing")
            + ", JVMs " + host.get(Peers.JVMS) + ", rounds " + report.rounds();
    }

    private static String figures(final PeersReport report) {
        final Table table = new Table("test", "bytes", "median", "min", "max", "unit", "rounds", "alloc B/op");
        for (final Figure figure : report.figures()) {
            final Unit unit = figure.unit();
            final Spread spread = figure.spread();
            table.row(figure.name(), Table.size(figure.bytes()), unit.text(spread.median()), unit.text(spread.min()),
                unit.text(spread.max()), unit.inTables(), Integer.toString(spread.rounds()),
                figure.allocated().isEmpty() ? "" : Ratio.text(figure.maxAllocated()));
        }
        if (report.figures().stream().noneMatch(figure -> figure.name().startsWith(Kinds.UCX))) {
            table.row("ucx_perftest", "", report.ucx(), "", "", "", "", "");
        }
        return table.toString();
    }

    private static String ratios(final PeersReport report, final Ansi colours) {
        final Table table = new Table("ratio", "value", "goal", "met", "min", "max", "near cores", "far cores");
        for (final Ratio ratio : report.ratios()) {
            table.row(ratio.name(), Ratio.text(ratio.value()), ratio.goalText(),
                (ratio.met() ? YES : MISSED).strip(), Ratio.text(ratio.min()), Ratio.text(ratio.max()),
                at(report, Distance.NEAR, ratio), at(report, Distance.FAR, ratio));
        }
        // Afterwards, for the table would count the colours as letters.
        return table.toString().replace(YES, colours.string("@|green " + YES + "|@"))
            .replace(MISSED, colours.string("@|bold,red " + MISSED + "|@"));
    }

    /** The same ratio of the rounds at that distance, with how many they were. */
    private static String at(final PeersReport report, final Distance distance, final Ratio ratio) {
        return report.ratios(distance).stream().filter(other -> other.name().equals(ratio.name())).findFirst()
            .map(other -> Ratio.text(other.value()) + " (" + report.rounds(distance) + ")").orElse("");
    }

    private static String legend(final PeersReport report) {
        final List<String> lines = new ArrayList<>();
        lines.add("*_rtt              a full round trip of two threads, each of which reads the number that arrived");
        lines.add("cache_line         the same with one line, there and back: the limit; two_lines: one for each way");
        lines.add("bare_rtt           32 bytes in a line of a ring and back, nothing checked: the limit for Sends");
        lines.add("*_write_rtt        both sides write to and poll the same word, as cache_line does;"
            + " two pauses between looks, one elsewhere");
        lines.add("send_rate          messages per second, in lists of 32, every 2nd signalled; aeron's one by one");
        lines.add("write_rate         Writes one by one, every 64th signalled; list_rate: lists of 32, every 8th");
        lines.add("copy_*             MemorySegment.copy on the memory of the Writes, the limit for bytes");
        lines.add("write_64k, 1m      blocks in lists of 16 and of 4; read_64k: 16 under way");
        lines.add("netty_*            TCP on loopback, two event loops that never sleep; blocks are thrown away");
        lines.add("tcp_*              by iWARP over TCP, user level; crc: with CRCs;"
            + " connections: 64 KiB Writes in turn, 32 under way");
        lines.add("tcp_connection_*   what an end takes of this process: heap or resident, whichever is more");
        lines.add("alloc              bytes that both threads allocate for an operation: of a test in its worst round,"
            + " as a ratio in its median one");
        lines.add("median, value      of the rounds; a ratio is made of figures of the same round");
        lines.add("near, far cores    of the rounds (so many) in which a cache line took less than 150 ns,"
            + " or more");
        if (report.figures().stream().anyMatch(figure -> figure.name().startsWith(Kinds.UCX))) {
            lines.add("ucx_*              ucx_perftest over posix shared memory, two processes; " + report.ucx());
        }
        report.notes().forEach(note -> lines.add("note               " + note));
        return String.join(NEW_LINE, lines);
    }
}
