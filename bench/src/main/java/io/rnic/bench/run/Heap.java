package io.rnic.bench.run;

/** How much of the Java heap is in use. */
public final class Heap {
    private static final int COLLECTIONS = 3;

    private Heap() {
    }

    /**
     * The bytes that are reachable, about: what collections leave. Several, for what the first finds to be unused lets
     * go of more.
     */
    public static long usedBytes() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            final Runtime runtime = Runtime.getRuntime();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
