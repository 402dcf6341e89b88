package io.rnic.bench.run;

/** What there is to say when the memory of a JVM does not suffice. */
public final class OutOfMemory {
    private OutOfMemory() {
    }

    /** What was lacking, and what to do. */
    public static String text(final OutOfMemoryError error) {
        return text(String.valueOf(error.getMessage()));
    }

    /** The same. */
    public static String text(final String lacking) {
        return "out of memory (" + lacking
            + "); for more: RNIC_JAVA_OPTS='-Xms1g -Xmx1g', or larger, before the command";
    }
}
