package io.rnic.bench.peers;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Rnic;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All tests, in the order of a round: those whose figures are divided by each other are neighbours, and the limits
 * stand amid those that are held against them.
 */
final class Kinds {
    /** The name that stands for all that ucx_perftest measures. */
    static final String UCX = "ucx";

    /** The name of the limit for round trips. */
    static final String CACHE_LINE = "cache_line";

    /** Blocks, small and large. */
    static final int SMALL_BLOCK = 64 * 1024;
    static final int LARGE_BLOCK = 1024 * 1024;

    /** What the names of tests over TCP begin with. */
    static final String TCP = "tcp_";

    /** Connections beside one. */
    static final int MANY_CONNECTIONS = 1000;

    /**
     * The JVMs of several tests: those that share memory, the two front ends where one is held against the other, and
     * all by TCP, for an event loop does much so seldom that it would be compiled, and allocate, while one test alone
     * is measured.
     */
    private static final String BOTH_WRITES = "writes";
    private static final String BLOCKS = "blocks";
    private static final String READS = "reads";
    private static final String BY_TCP = "tcp";

    private static final int MESSAGE = RoundTrips.MESSAGE_BYTES;
    private static final String USER = "user";
    private static final String KERNEL = "kernel";

    private static final List<Kind> ALL = List.of(
        kind("bare_rtt", Unit.NS, MESSAGE, rig -> new BareRoundTrip(rig.duet())),
        kind("agrona_rtt", Unit.NS, MESSAGE, rig -> new RingRoundTrip(rig.duet())),
        kind("aeron_rtt", Unit.NS, MESSAGE, rig -> new AeronRoundTrip(rig.duet(), rig.aeron())),
        verbs(USER, "send_rtt", Unit.NS, MESSAGE, (rig, nic) -> new SendRoundTrip(rig.duet(), nic)),
        kind(CACHE_LINE, Unit.NS, Long.BYTES, rig -> new CacheLineRoundTrip(rig.duet(), false)),
        verbs(USER, "write_rtt", Unit.NS, Long.BYTES, (rig, nic) -> new WriteRoundTrip(rig.duet(), nic)),
        verbs(KERNEL, "send_rtt", Unit.NS, MESSAGE, (rig, nic) -> new SendRoundTrip(rig.duet(), nic)),
        verbs(KERNEL, "write_rtt", Unit.NS, Long.BYTES, (rig, nic) -> new WriteRoundTrip(rig.duet(), nic)),
        kind("two_lines", Unit.NS, Long.BYTES, rig -> new CacheLineRoundTrip(rig.duet(), true)),
        kind("netty_rtt", Unit.NS, MESSAGE, rig -> new NettyRoundTrip()).in(BY_TCP),
        kind("agrona_rate", Unit.PER_SECOND, MESSAGE, rig -> new RingStream(rig.duet())),
        verbs(USER, "send_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new SendStream(rig.duet(), nic)),
        kind("aeron_rate", Unit.PER_SECOND, MESSAGE, rig -> new AeronStream(rig.duet(), rig.aeron())),
        verbs(USER, "write_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new WriteStream(rig.duet(), nic, false))
            .in(BOTH_WRITES),
        verbs(KERNEL, "list_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new WriteStream(rig.duet(), nic, true))
            .in(BOTH_WRITES),
        verbs(USER, "list_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new WriteStream(rig.duet(), nic, true)),
        verbs(KERNEL, "write_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new WriteStream(rig.duet(), nic, false)),
        verbs(KERNEL, "send_rate", Unit.PER_SECOND, MESSAGE, (rig, nic) -> new SendStream(rig.duet(), nic)),
        writes(USER, "write_64k", SMALL_BLOCK), copies("copy_64k", SMALL_BLOCK),
        writes(KERNEL, "write_64k", SMALL_BLOCK),
        writes(USER, "write_1m", LARGE_BLOCK), copies("copy_1m", LARGE_BLOCK),
        writes(KERNEL, "write_1m", LARGE_BLOCK),
        reads(USER), reads(KERNEL),
        tcp("send_rtt", Unit.NS, MESSAGE, rig -> new SendRoundTrip(rig.duet(), rig.tcp(false))),
        nettyWrites("netty_64k", SMALL_BLOCK), tcpWrites("write_64k", SMALL_BLOCK, false),
        tcpWrites("crc_write_64k", SMALL_BLOCK, true),
        nettyWrites("netty_1m", LARGE_BLOCK), tcpWrites("write_1m", LARGE_BLOCK, false),
        tcpWrites("crc_write_1m", LARGE_BLOCK, true),
        tcp("connection_memory", Unit.BYTES, 1, rig -> new ConnectionMemory(rig.connections())),
        tcp("1_connection", Unit.BYTES_PER_SECOND, TcpConnections.BLOCK_BYTES,
            rig -> new TcpConnections(rig.duet(), rig.tcp(false), 1)),
        tcp("1000_connections", Unit.BYTES_PER_SECOND, TcpConnections.BLOCK_BYTES, Rig::connections));

    private Kinds() {
    }

    /** All of them. */
    static List<Kind> all() {
        return ALL;
    }

    /**
     * The one of that name.
     *
     * @throws ExperimentException if there is none
     */
    static Kind named(final String name) {
        return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst().orElseThrow(() ->
            new ExperimentException("'" + name + "' is no test; allowed: "
                + ALL.stream().map(Kind::name).collect(Collectors.joining(", "))));
    }

    private interface VerbsOpener {
        PeerTest open(Rig rig, Rnic nic);
    }

    private static Kind kind(final String name, final Unit unit, final int bytes, final Kind.Opener opener) {
        return new Kind(name, unit, bytes, false, name, opener);
    }

    private static Kind verbs(final String frontEnd, final String name, final Unit unit, final int bytes,
                              final VerbsOpener opener) {
        final String full = frontEnd + "_" + name;
        return new Kind(full, unit, bytes, true, full, rig -> opener.open(rig, rig.nic(frontEnd)));
    }

    private static Kind copies(final String name, final int bytes) {
        return kind(name, Unit.BYTES_PER_SECOND, bytes, rig -> new CopyLimit(rig.duet(), rig.blocks(), bytes))
            .in(BLOCKS);
    }

    private static Kind writes(final String frontEnd, final String name, final int bytes) {
        return verbs(frontEnd, name, Unit.BYTES_PER_SECOND, bytes,
            (rig, nic) -> new WriteBlocks(rig.duet(), nic, rig.blocks(), bytes, false)).in(BLOCKS);
    }

    private static Kind tcp(final String name, final Unit unit, final int bytes, final Kind.Opener opener) {
        return new Kind(TCP + name, unit, bytes, true, BY_TCP, opener);
    }

    private static Kind tcpWrites(final String name, final int bytes, final boolean crc) {
        return tcp(name, Unit.BYTES_PER_SECOND, bytes,
            rig -> new WriteBlocks(rig.duet(), rig.tcp(crc), rig.blocks(), bytes, true));
    }

    private static Kind nettyWrites(final String name, final int bytes) {
        return kind(name, Unit.BYTES_PER_SECOND, bytes, rig -> new NettyBlocks(rig.blocks(), bytes)).in(BY_TCP);
    }

    private static Kind reads(final String frontEnd) {
        return verbs(frontEnd, "read_64k", Unit.BYTES_PER_SECOND, SMALL_BLOCK,
            (rig, nic) -> new ReadBlocks(rig.duet(), nic, rig.blocks(), SMALL_BLOCK)).in(READS);
    }
}
