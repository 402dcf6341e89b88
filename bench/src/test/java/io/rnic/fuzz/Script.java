package io.rnic.fuzz;

/** Bytes that a fuzzer has made up, read from the front: when there are no more, zeros come. */
final class Script {
    private final byte[] bytes;
    private int at;

    Script(final byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    int nextByte() {
        return at < bytes.length ? bytes[at++] & 0xFF : 0;
    }

    int nextShort() {
        return nextByte() << Byte.SIZE | nextByte();
    }

    byte[] next(final int length) {
        final byte[] taken = new byte[length];
        for (int i = 0; i < length; i++) {
            taken[i] = (byte) nextByte();
        }
        return taken;
    }
}
