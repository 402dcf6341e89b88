package io.rnic.bench.peers;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Resources;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests share: the second thread, one device with its front ends, and Aeron's driver once it is asked for. */
final class Rig implements AutoCloseable {
    /** The mode that the goals are for. */
    static final String THREADING = "invoker";

    private static final String DEVICE = "peers";

    private final Resources resources = new Resources();
    private final Map<String, Rnic> nics = new HashMap<>();
    private final Map<Boolean, Rnic> tcp = new HashMap<>();
    private final Duet duet;
    private final BlockMemory blocks;
    private @Nullable AeronHost aeron;
    private @Nullable TcpConnections connections;

    Rig() {
        try {
            duet = new Duet(resources.add(new Partner("rnic-partner", 0)));
            blocks = resources.add(new BlockMemory((long) BlockMemory.PLACES * Kinds.LARGE_BLOCK));
            for (final String frontEnd : Rnic.frontEnds()) {
                nics.put(frontEnd, resources.add(Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd)
                    .with("device", DEVICE).with("link", "loopback").with("threading", THREADING)
                    .with("pinning", "preferred"))));
            }
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    Duet duet() {
        return duet;
    }

    BlockMemory blocks() {
        return blocks;
    }

    /** The device by that front end. */
    Rnic nic(final String frontEnd) {
        final Rnic nic = nics.get(frontEnd);
        if (nic == null) {
            // Says which ones there are.
            return Rnic.open(frontEnd);
        }
        return nic;
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
