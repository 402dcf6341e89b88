package io.rnic.bench.perftest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A client by a bare socket, which can do what a queue pair never does. */
final class RawClient {
    private static final int PATIENCE_MS = 20_000;
    /** Markers no, CRCs yes, not rejected. */
    private static final byte FLAGS = 0x40;
    private static final int KEY_BYTES = 16;
    private static final int LENGTH_OFFSET = 18;

    private RawClient() {
    }

    /** Is accepted with that private data: MPA set-up of revision 1 (RFC 5044 §7.1). */
    static Socket connect(final InetSocketAddress server, final byte[] privateData) throws IOException {
        final Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.getOutputStream().write(ByteBuffer.allocate(LENGTH_OFFSET + 2 + privateData.length)
            .put("MPA ID Req Frame".getBytes(US_ASCII)).put(FLAGS).put((byte) 1).putShort((short) privateData.length)
            .put(privateData).array());
        final ByteBuffer head = ByteBuffer.wrap(socket.getInputStream().readNBytes(LENGTH_OFFSET + 2));
        assertThat(new String(head.array(), 0, KEY_BYTES, US_ASCII)).isEqualTo("MPA ID Rep Frame");
        assertThat(socket.getInputStream().readNBytes(head.getShort(LENGTH_OFFSET))).hasSize(Greeting.BYTES);
        return socket;
    }
}
