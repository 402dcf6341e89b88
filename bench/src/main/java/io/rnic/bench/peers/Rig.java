package io.rnic.bench.peers;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Resources;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of a JVM share: the second thread, one device with its front ends, memory for blocks, Aeron's driver;
 * each made when it is first asked for, so that a JVM has nothing but what its tests need.
 */
final class Rig implements AutoCloseable {
    /** The mode that the goals are for. */
    static final String THREADING = "invoker";

    private static final String DEVICE = "peers";

    private final Resources resources = new Resources();
    private final Map<String, Rnic> nics = new HashMap<>();
    private final Map<Boolean, Rnic> tcp = new HashMap<>();
    private final Duet duet = new Duet(resources.add(new Partner("rnic-partner", 0)));
    private @Nullable BlockMemory blocks;
    private @Nullable AeronHost aeron;
    private @Nullable TcpConnections connections;

    Duet duet() {
        return duet;
    }

    /** Memory for blocks, made at the first call. */
    BlockMemory blocks() {
        BlockMemory made = blocks;
        if (made == null) {
            made = resources.add(new BlockMemory((long) BlockMemory.PLACES * Kinds.LARGE_BLOCK));
            blocks = made;
        }
        return made;
    }

    /** The device by that front end, opened at the first call. */
    Rnic nic(final String frontEnd) {
        return nics.computeIfAbsent(frontEnd, asked -> resources.add(Rnic.open(RnicOptions.defaults()
            .withFrontEnd(asked).with("device", DEVICE).with("link", "loopback").with("threading", THREADING)
            .with("pinning", "preferred"))));
    }

    /** A device whose connections go by TCP, by the user-level front end; opened at the first call. */
    Rnic tcp(final boolean crc) {
        return tcp.computeIfAbsent(crc, asked -> resources.add(Rnic.open(RnicOptions.defaults().withFrontEnd("user")
            .with("device", DEVICE + (asked ? "-tcp-crc" : "-tcp")).with("threading", THREADING)
            .with("pinning", "preferred").with("link", "tcp").with("mpa.crc", Boolean.toString(asked)))));
    }

    /** Many connections by TCP, made at the first call. */
    TcpConnections connections() {
        TcpConnections made = connections;
        if (made == null) {
            made = resources.add(new TcpConnections(duet, tcp(false), Kinds.MANY_CONNECTIONS));
            connections = made;
        }
        return made;
    }

    DeviceAttributes device() {
        return nic("user").attributes();
    }

    /** How the devices that are open pin memory; empty if there are none. */
    String pinning() {
        return Stream.concat(nics.values().stream(), tcp.values().stream()).map(nic -> nic.attributes().pinning())
            .findFirst().orElse("");
    }

    /** Aeron's driver, started at the first call. */
    AeronHost aeron() {
        AeronHost host = aeron;
        if (host == null) {
            host = resources.add(new AeronHost());
            aeron = host;
        }
        return host;
    }

    @Override
    public void close() {
        resources.close();
    }
}
