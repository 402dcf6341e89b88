package io.rnic.behaviour;

import io.rnic.testing.Side;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A process that connects, tells key and address of its region in its private data, and answers each Send with one
 * until it is killed.
 */
final class KilledPeer {
    private static final int MESSAGE_BYTES = 1024;
    private static final int RECEIVES = 32;

    private KilledPeer() {
    }

    /** Takes a front end and a port of this machine. */
    public static void main(final String[] args) throws InterruptedException {
        final Rnic rnic = Rnic.open(RnicOptions.defaults().withFrontEnd(args[0]).with("link", "tcp")
            .with("pinning", "accounted"));
        final Side side = Side.of(rnic);
        for (int i = 0; i < RECEIVES; i++) {
            side.receive(i, 0, MESSAGE_BYTES);
        }
        final byte[] told = ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(side.region().rkey())
            .putLong(side.region().address()).array();
        final InetSocketAddress address =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        try (ConnectionAttempt attempt = side.queuePair().beginConnect(address, told)) {
            attempt.await(Duration.ofSeconds(20));
        }
        while (true) {
            side.awaitReceive();
            side.receive(0, 0, MESSAGE_BYTES);
            side.send(0, 0, MESSAGE_BYTES);
            side.awaitSend();
        }
    }
}
