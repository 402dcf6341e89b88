package io.rnic.registration.policy;

import java.util.Arrays;

/**
 * How likely one more request follows in a run of requests that lie one behind the other, by how many there were:
 * counted one by one up to 15, then by powers of two. Old counts fade.
 */
final class RunOdds {
    private static final int EXACT = 16;
    private static final int KINDS = EXACT + Integer.SIZE + 1;
    private static final int FADE_AT = 1000;
    /** What is taken to have been seen before anything was. */
    private static final double FIRST_TRIED = 1;
    private static final double FIRST_WENT_ON = 0.5;

    private final double[] tried = new double[KINDS];
    private final double[] wentOn = new double[KINDS];

    RunOdds() {
        Arrays.fill(tried, FIRST_TRIED);
        Arrays.fill(wentOn, FIRST_WENT_ON);
    }

    /** The odds that a run of that many requests, less one, goes on. */
    double of(final int length) {
        final int kind = kind(length);
        return wentOn[kind] / tried[kind];
    }

    /** A run of that many requests, less one, went on or ended. */
    void note(final int length, final boolean on) {
        final int kind = kind(length);
        tried[kind]++;
        wentOn[kind] += on ? 1 : 0;
        if (tried[kind] > FADE_AT) {
            tried[kind] /= 2;
            wentOn[kind] /= 2;
        }
    }

    private static int kind(final int length) {
        return length < EXACT ? length : EXACT + Integer.SIZE - Integer.numberOfLeadingZeros(length);
    }
}
