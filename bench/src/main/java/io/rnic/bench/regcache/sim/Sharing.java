package io.rnic.bench.regcache.sim;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How processes that each have a cache share what may be locked; the kernel's kinds, and none. */
public enum Sharing {
    /** One cache for all of them: nothing is shared out. */
    ONE,
    /** Nobody arbitrates, as at user level: who came first keeps what it has. */
    FIRST_COME,
    /** The kernel gives each its part of all processes' weights. */
    STATIC,
    /** The kernel gives each its part of the weights of those that are there. */
    PROPORTIONAL,
    /** Any of it while it is free; who has less than its part gets it from who has most beyond. */
    RECLAIM;

    /** Its name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All names, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(Sharing::label).collect(Collectors.joining(", "));
    }
}
