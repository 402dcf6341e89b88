package io.rnic.bench.perftest;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;

/** Who was refused and why: each reason is said once, and not more than some of them, for anybody can ask and ask. */
final class Refusals {
    static final int REASONS = 8;

    private final String who;
    private final PrintStream err;
    private final Set<String> told = new HashSet<>();
    private long more;

    /**
     * Nobody yet.
     *
     * @param who who refuses, as each line begins
     */
    Refusals(final String who, final PrintStream err) {
        this.who = who;
        this.err = err;
    }

    /** Somebody was refused. */
    void tell(final String why) {
        if (told.size() < REASONS && told.add(why)) {
            err.println(who + "refused a connection: " + why);
        } else {
            more++;
        }
    }

    /** There will be no others: says how many there were beyond those that were told. */
    void tellHowManyMore() {
        if (more > 0) {
            err.println(who + "refused " + more + " more");
        }
    }
}
