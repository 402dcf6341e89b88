package io.rnic.bench.perftest;

import java.util.LinkedHashMap;
import java.util.Map;

/** What came out for one size of message. */
sealed interface Row {
    /** Its fields in JSON, in order; whole numbers. */
    Map<String, Object> columns();

    /**
     * Times of a message, in nanoseconds.
     *
     * @param bytes      of a message
     * @param iterations that were timed
     * @param typicalNs  the median
     * @param elapsedNs  all together
     */
    record Latency(int bytes, long iterations, double minNs, double maxNs, double typicalNs, double averageNs,
            double stdevNs, double p99Ns, double p999Ns, long elapsedNs) implements Row {
        private static final double NS_PER_SECOND = 1e9;

        /** Iterations in a second. */
        double perSecond() {
            return iterations * NS_PER_SECOND / elapsedNs;
        }

        @Override
        public Map<String, Object> columns() {
            final Map<String, Object> columns = new LinkedHashMap<>();
            columns.put("bytes", bytes);
            columns.put("iterations", iterations);
            columns.put("minNs", Math.round(minNs));
            columns.put("maxNs", Math.round(maxNs));
            columns.put("typicalNs", Math.round(typicalNs));
            columns.put("averageNs", Math.round(averageNs));
            columns.put("stdevNs", Math.round(stdevNs));
            columns.put("p99Ns", Math.round(p99Ns));
            columns.put("p999Ns", Math.round(p999Ns));
            columns.put("elapsedNs", elapsedNs);
            return columns;
        }
    }

    /**
     * A throughput.
     *
     * @param bytes      of a message
     * @param iterations messages, of all queue pairs
     * @param peak       bytes per second at the best of it; 0 if it was not looked for
     * @param elapsedNs  all together
     */
    record Bandwidth(int bytes, long iterations, double peak, long elapsedNs) implements Row {
        private static final double NS_PER_SECOND = 1e9;

        /** Messages per second. */
        double messageRate() {
            return iterations * NS_PER_SECOND / elapsedNs;
        }

        /** Bytes per second. */
        double average() {
            return messageRate() * bytes;
        }

        @Override
        public Map<String, Object> columns() {
            final Map<String, Object> columns = new LinkedHashMap<>();
            columns.put("bytes", bytes);
            columns.put("iterations", iterations);
            if (peak > 0) {
                columns.put("bytesPerSecondPeak", Math.round(peak));
            }
            columns.put("bytesPerSecond", Math.round(average()));
            columns.put("messagesPerSecond", Math.round(messageRate()));
            columns.put("elapsedNs", elapsedNs);
            return columns;
        }
    }
}
