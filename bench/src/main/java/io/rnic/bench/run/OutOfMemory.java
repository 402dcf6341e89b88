package io.rnic.bench.run;

/** What there is to say when the memory of a JVM does not suffice. */
public final class OutOfMemory {
    private OutOfMemory() {
    }

    /**
     * That it does not, and what to do.
     *
     * @param which memory, or whose
     */
    public static String text(final String which) {
        return "out of memory (" + which
            + "); for more: RNIC_JAVA_OPTS='-Xms1g -Xmx1g', or larger, before the command";
    }
}
