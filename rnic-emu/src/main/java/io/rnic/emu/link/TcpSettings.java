package io.rnic.emu.link;

/**
 * What this side wants of its TCP connections.
 *
 * @param transport how sockets are driven
 * @param crc       whether to ask for CRCs (RFC 5044 §7.1); they are used if either side asks
 * @param markers   whether to require markers in what is received (RFC 5044 §4.2)
 * @param timeoutMs how long a peer may take for its set-up frame, once it is connected, and for its first FPDU if it
 *                  asked as one that begins (RFC 6581 §7)
 * @param stallMs   how long a connected peer may not go on with an FPDU, a message or an answer, or with taking what
 *                  waits for it
 */
public record TcpSettings(TcpTransport transport, boolean crc, boolean markers, int timeoutMs,
        int stallMs) {
    /** As nobody who is there takes. */
    public static final int DEFAULT_TIMEOUT_MS = 10_000;
    /** Long enough for a peer that is held up, as by its debugger or a route that changes. */
    public static final int DEFAULT_STALL_MS = 60_000;
    /** CRCs as the RFC has it by default, no markers, the best transport of the machine. */
    public static final TcpSettings DEFAULT =
        new TcpSettings(TcpTransport.AUTO, true, false, DEFAULT_TIMEOUT_MS, DEFAULT_STALL_MS);
}
