package io.rnic.bench.scale;

/** Which queue pairs of a set are posted to, and what that may cost beside a set of one. */
enum Busy {
    /** The one in the middle. */
    ONE("one_busy", 1.3),
    /** Each in turn. */
    ALL("all_busy", 3);

    private final String id;
    private final double goal;

    Busy(final String id, final double goal) {
        this.id = id;
        this.goal = goal;
    }

    /** Its name in reports. */
    String id() {
        return id;
    }

    /** The cost of an operation beside that with one queue pair, at most. */
    double goal() {
        return goal;
    }
}
