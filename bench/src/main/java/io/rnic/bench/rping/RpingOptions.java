package io.rnic.bench.rping;

import io.rnic.verbs.Rnic;
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
 * @param idle       how long the other side may say nothing before it is given up
 * @param notice     how long it may say nothing before that is told
 * @param debug      whether events are said
 * @param out        where it is said
 * @param err        where it is told what is waited for
 */
record RpingOptions(int count, int size, boolean verbose, boolean validate, boolean persistent, Duration idle,
        Duration notice, boolean debug, PrintStream out, PrintStream err) {

    /**
     * A side that is not connected.
     *
     * @param peer what the other side is called
     */
    PingSide open(final Rnic nic, final String peer) {
        final PingSide side = new PingSide(nic);
        side.giveUpAfter(idle);
        side.noticeAfter(notice, () -> err.println("rnic rping: waiting for the " + peer
            + ", which has said nothing for " + notice.toSeconds() + " s (--idle SECONDS: then to give it up)"));
        return side;
    }

    void say(final String line) {
        out.println(line);
    }

    void debug(final String line) {
        if (debug) {
            out.println(line);
        }
    }
}
