package io.rnic.emu.connection;

import java.net.InetAddress;

/** Which links connections of a device take. */
public enum Reach {
    /** Within the device, and by TCP for every address but 127.0.0.1 and its like: those stay within. */
    AUTO,
    /** Within the device only. */
    LOOPBACK,
    /** By TCP only, to itself too. */
    TCP;

    /** Whether a listener there can be reached by TCP. */
    boolean listensByTcp(final InetAddress local) {
        return this == TCP || (this == AUTO && !local.isLoopbackAddress());
    }

    /** What keeps a connection within the device, for a message. */
    String staysWithin() {
        return this == AUTO ? "with link=auto this machine's 127.0.0.1 and its like lead to no others"
            : "with link=loopback no address leads to others";
    }

    /** Whether a listener there can be reached within the device. */
    boolean isLocal() {
        return this != TCP;
    }
}
