package io.rnic.bench.rping;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** The side that asks for the pings and has the text. */
record PingClient(RpingOptions options) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Connects, pings, disconnects. */
    void run(final Rnic nic, final InetSocketAddress server) {
        try (PingSide side = options.open(nic, "server");
            MemoryRegion source = side.register(options.size(), Access.LOCAL_WRITE, Access.REMOTE_READ);
            MemoryRegion sink = side.register(options.size(), Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            side.queuePair().connect(server, new byte[0], TIMEOUT);
            for (int ping = 0; options.count() == 0 || ping < options.count(); ping++) {
                ping(side, source, sink, ping);
            }
            side.queuePair().disconnect();
            options.debug("client DISCONNECT EVENT...");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private void ping(final PingSide side, final MemoryRegion source, final MemoryRegion sink, final int ping) {
        final byte[] text = PingText.bytes(ping, options.size());
        source.segment().copyFrom(MemorySegment.ofArray(text));
        sink.segment().fill((byte) 0);
        side.advertise(source);
        await(side, "the server's go-ahead");
        side.advertise(sink);
        await(side, "the end of the server's Write");
        final byte[] came = sink.segment().toArray(ValueLayout.JAVA_BYTE);
        if (options.validate() && !Arrays.equals(text, came)) {
            throw new ExperimentException("ping " + ping + ": what came back differs at byte "
                + Arrays.mismatch(text, came));
        }
        if (options.verbose()) {
            options.say("ping data: " + PingText.shown(came));
        }
    }

    private static void await(final PingSide side, final String what) {
        if (!side.awaitMessage()) {
            throw new ExperimentException("the connection ended before " + what + " came" + side.reason());
        }
        side.takeMessage();
    }
}
