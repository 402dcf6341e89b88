package io.rnic.registration;

/**
 * Hits that the policy has yet to be told of. One thread's come in their order and none is lost, so one thread sees the
 * policy that a simulation has; of threads that write at the same time the policy may miss some, or see some twice: it
 * needs to know what is used, and not how often to the last digit.
 *
 * <pre>
 *   for each of some threads, in cache lines of its own:   [ written | number, number, ... ]
 * </pre>
 *
 * <p>Written without a lock, read and emptied under that of the cache.
 */
final class HitLog {
    private static final int LINE_INTS = 64 / Integer.BYTES;
    private static final int SIZE = 128;
    /** The line before may be another object's. */
    private static final int WRITTEN = LINE_INTS;
    private static final int FIRST = 2 * LINE_INTS;

    private final int[][] logs = new int[Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4][];

    /** An empty log. */
    HitLog() {
        for (int i = 0; i < logs.length; i++) {
            logs[i] = new int[FIRST + SIZE + LINE_INTS];
        }
    }

    /** Adds the number of a region that was hit; true if the log had better be emptied. */
    boolean add(final int number) {
        final int[] log = logs[(int) Thread.currentThread().threadId() & (logs.length - 1)];
        final int written = log[WRITTEN];
        log[FIRST + (written & (SIZE - 1))] = number;
        log[WRITTEN] = written + 1;
        return written >= SIZE - 1;
    }

    /** Who is told of hits. */
    @FunctionalInterface
    interface Reader {
        /** A region of that number was hit: it may be gone by now. */
        void hit(int number);
    }

    /** Tells of all hits, and empties the log; if the reader throws, also of the rest of that thread's. */
    void drain(final Reader reader) {
        for (final int[] log : logs) {
            final int written = log[WRITTEN];
            try {
                // Of more than there is room for, the last.
                for (int i = Math.max(0, written - SIZE); i < written; i++) {
                    reader.hit(log[FIRST + (i & (SIZE - 1))]);
                }
            } finally {
                log[WRITTEN] = 0;
            }
        }
    }
}
