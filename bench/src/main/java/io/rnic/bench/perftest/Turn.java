package io.rnic.bench.perftest;

/** How a message goes to the other side and how it is seen that one came. */
interface Turn {
    /** Makes ready for messages of so many bytes, which begin anew. */
    void prepare(int bytes);

    /** Gives a message to the other side. */
    void give(int bytes);

    /** Whether the other side's next message has come: once for each. */
    boolean came();
}
