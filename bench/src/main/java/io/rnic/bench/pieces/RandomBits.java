package io.rnic.bench.pieces;

/** Random numbers for next to nothing (xorshift). For one thread. */
final class RandomBits {
    private long state = 88172645463325252L;

    /** The next 32 bits. */
    long next() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return state >>> Integer.SIZE;
    }
}
