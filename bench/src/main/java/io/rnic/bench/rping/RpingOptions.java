package io.rnic.bench.rping;

import java.io.PrintStream;
import java.time.Duration;

/**
 * How to ping.
 *
 * @param count      pings, 0 for no end
 * @param size       bytes of a text, with its 0
 * @param verbose    whether each text is said
 * @param validate   whether each text is compared
 * @param persistent whether a server serves clients for ever, each by itself
 * @param idle       how long a client of a persistent server may say nothing
 * @param debug      whether events are said
 * @param out        where it is said
 */
record RpingOptions(int count, int size, boolean verbose, boolean validate, boolean persistent, Duration idle,
        boolean debug, PrintStream out) {

    void say(final String line) {
        out.println(line);
    }

    void debug(final String line) {
        if (debug) {
            out.println(line);
        }
    }
}
