package io.rnic.emu;

import io.rnic.emu.connection.Reach;
import io.rnic.emu.host.Crossing;
import io.rnic.emu.host.Pinning;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.TcpSettings;
import io.rnic.emu.link.TcpTransport;
import io.rnic.verbs.RnicOptions;
import java.util.Map;
import java.util.Set;

/**
 * How a device is set, parsed from {@link RnicOptions}.
 *
 * @param name                its name
 * @param threading           who does the NIC's work
 * @param pinning             how registered memory is kept in place
 * @param lockedMemoryBytes   pinned bytes at most; Long.MAX_VALUE leaves it to the operating system
 * @param crossing            what a crossing into the kernel is
 * @param maxQueuePairs       queue pairs at most
 * @param maxCompletionQueues completion queues at most
 * @param maxMemoryRegions    memory regions at most
 * @param onBoardMemoryBytes  memory for contexts and translations
 * @param faults              what it is asked to do wrong
 * @param link                which links connections take
 * @param tcp                 what is wanted of those by TCP
 * @param capture             the pcap file for what goes over its links, empty for none
 * @param captureBytes        how long that may become
 */
public record DeviceConfig(
        String name,
        Threading threading,
        Pinning pinning,
        long lockedMemoryBytes,
        String crossing,
        int maxQueuePairs,
        int maxCompletionQueues,
        int maxMemoryRegions,
        long onBoardMemoryBytes,
        FaultPlan faults,
        Reach link,
        TcpSettings tcp,
        String capture,
        long captureBytes) {

    /** Pieces of memory in a request at most. */
    public static final int MAX_SGES = 16;
    /** Inline bytes in a request at most. */
    public static final int MAX_INLINE_BYTES = 512;
    /** Requests that a queue may be created for. */
    public static final int MAX_REQUESTS = 1 << 15;
    /** Completions that a completion queue may be created for. */
    public static final int MAX_COMPLETIONS = 1 << 22;
    /** RDMA Reads and atomics that a queue pair may have outstanding, and answers at a time, at most. */
    public static final int MAX_READS = 128;
    private static final int MAX_TIMEOUT_MS = 3_600_000;
    /** The longest message: the lengths of the verbs are signed here. */
    public static final int MAX_MESSAGE_BYTES = Integer.MAX_VALUE;

    /**
     * All settings: the device's, and those that only a kernel looks at, so that one application runs through either.
     */
    private static final Set<String> SETTINGS = Set.of(RnicOptions.FRONT_END, "device", "threading", "pinning",
        "lockedMemory", "crossing", "maxQueuePairs", "maxCompletionQueues", "maxMemoryRegions", "onBoardMemory",
        "faults", "link", "tcp.transport", "mpa.crc", "mpa.markers", "mpa.timeout", "tcp.timeout", "capture",
        "captureLimit", "process",
        "kernel.lockedMemoryPerProcess", "kernel.lockedMemoryTotal", "kernel.lockedMemorySharing", "kernel.processes",
        "kernel.connectionRules");

    /** Who does the NIC's work. */
    public enum Threading {
        /** The thread that posts. */
        INVOKER,
        /** A thread of the NIC's own. */
        DEDICATED
    }

    /**
     * The configuration that the settings ask for.
     *
     * @throws io.rnic.verbs.RnicException INVALID_ARGUMENT for a setting that nobody knows, or a value that is not
     *                                     allowed
     */
    public static DeviceConfig parse(final Map<String, String> settings) {
        final Settings parser = new Settings(settings);
        parser.checkNames(SETTINGS);
        parser.name("process", "unnamed"); // the kernel's, but no front end takes what is none
        final String crossing = parser.text("crossing", "null-syscall");
        Crossing.parse(crossing);
        return new DeviceConfig(
            parser.name("device", "rnic0"),
            parser.choice("threading", Threading.class, Threading.INVOKER),
            parser.choice("pinning", Pinning.class, Pinning.LOCKED),
            parser.bytes("lockedMemory", "system", Long.MAX_VALUE),
            crossing,
            parser.count("maxQueuePairs", 1 << 16, 1 << 20),
            parser.count("maxCompletionQueues", 1 << 16, 1 << 20),
            parser.count("maxMemoryRegions", 1 << 16, 1 << 22),
            parser.bytes("onBoardMemory", "unlimited", 256L << 20),
            FaultPlan.parse(parser.text("faults", "")),
            parser.choice("link", Reach.class, Reach.AUTO),
            new TcpSettings(parser.choice("tcp.transport", TcpTransport.class, TcpTransport.AUTO),
                parser.flag("mpa.crc", true), parser.flag("mpa.markers", false),
                parser.count("mpa.timeout", TcpSettings.DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS),
                parser.count("tcp.timeout", TcpSettings.DEFAULT_STALL_MS, MAX_TIMEOUT_MS)),
            parser.text("capture", ""),
            parser.bytes("captureLimit", "unlimited", 1L << 30));
    }
}
