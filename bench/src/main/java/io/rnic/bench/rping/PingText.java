package io.rnic.bench.rping;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a ping carries: {@code rdma-ping-N: }, then letters, each ping beginning with the next one; at last a 0. */
final class PingText {
    /** {@code rdma-ping-}, the longest number, {@code : }, and the 0, as rping(1) counts them. */
    static final int MIN_BYTES = 25;
    static final int MAX_BYTES = 1 << 16;

    private static final int FIRST = 'A';
    private static final int LAST = 'z';

    private PingText() {
    }

    /** The bytes of a ping. */
    static byte[] bytes(final int ping, final int length) {
        final byte[] bytes = new byte[length];
        final byte[] head = ("rdma-ping-" + ping + ": ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, bytes, 0, Math.min(head.length, length - 1));
        final int letters = LAST - FIRST + 1;
        for (int at = head.length; at < length - 1; at++) {
            bytes[at] = (byte) (FIRST + (ping % letters + at - head.length) % letters);
        }
        return bytes;
    }

    /** The text as it may be said: what would steer a terminal comes from the peer, and is a question mark. */
    static String shown(final byte[] bytes) {
        return text(bytes).replaceAll("[^ -~]", "?");
    }

    /** The text up to its 0. */
    static String text(final byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.ISO_8859_1);
    }
}
