package io.rnic.bench.regcache.trace;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Where requests come from; the same ones each time that it is opened. */
public interface RequestSource {
    /** Requests in their order. */
    interface Reader extends Closeable {
        /**
         * Fills a batch with the next requests.
         *
         * @return false if there are no more; the batch is empty then
         * @throws TraceException for a line that is wrong, naming file and line
         */
        boolean read(RequestBatch batch) throws IOException;

        /** How far it is, from 0 to 1. */
        double progress();
    }

    /** What it is, for people and for reports. */
    String name();

    /** What a reader of results should know of what was read so far. */
    default List<String> notes() {
        return List.of();
    }

    /** Starts from the first request. */
    Reader open() throws IOException;

    /** How many processes make the requests: reads them all. */
    default int processes() throws IOException {
        final RequestBatch batch = new RequestBatch();
        int last = 0;
        try (Reader reader = open()) {
            while (reader.read(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    last = Math.max(last, batch.process(i));
                }
            }
        }
        return last + 1;
    }
}
