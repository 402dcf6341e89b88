package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** One test's work, of either side. */
interface Measurement {
    /**
     * The client's part; tells the server when it is over, and waits until it is over there too.
     *
     * @param bytes of a message
     */
    Row run(int bytes, Span span);

    /** Makes a side ready for messages of so many bytes, before the other one begins. */
    default void prepare(final int bytes) {
    }

    /**
     * The server's part, until the client tells that it is over.
     *
     * @return what was measured here, null if this side only waits or too little happened
     */
    @Nullable Row serve(int bytes);

    /** What a test does. */
    static Measurement of(final Side side, final Plan plan) {
        return switch (side.parameters().test()) {
            case SEND_LAT -> new PingPong(side, new SendTurn(side));
            case WRITE_LAT -> new PingPong(side, new WriteTurn(side));
            case READ_LAT -> new ReadLatency(side);
            case SEND_BW -> new Stream(side, new SendFlow(side), plan);
            case WRITE_BW -> new Stream(side, new WriteFlow(side), plan);
            case READ_BW -> new Stream(side, new ReadFlow(side), plan);
        };
    }
}
