package io.rnic.bench.compare;

import io.rnic.bench.report.Measurement;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns samples into rows, one for each front end.
 *
 * <p>Beside the row of {@code user}, those of the other front ends say what an operation took longer, at the medians:
 * the δ of the paper's Eq. 3 (crossing + checking + policy), as measured. Those of bandwidth tests also say PD % =
 * (Throughput_user - Throughput_kernel) / Throughput_user * 100 (Eq. 2).
 */
final class Results {
    private static final String REFERENCE = "user";
    private static final double NS_PER_SECOND = 1e9;

    private final List<Rnic> nics;
    private final List<Measurement> rows = new ArrayList<>();

    Results(final List<Rnic> nics) {
        this.nics = nics;
    }

    /** Adds rows with times. */
    void addLatency(final String test, final int bytes, final List<Samples> samples) {
        final Samples reference = reference(samples);
        for (int i = 0; i < nics.size(); i++) {
            final Samples own = samples.get(i);
            rows.add(row(nics.get(i), test, bytes, Measurement.NS, own.medianNs(), own.p99Ns(), own.count(), null,
                deltaNs(own, reference), null));
        }
    }

    /**
     * Adds rows with throughputs.
     *
     * @param bytes            the size under which it is reported
     * @param bytesInOperation what one operation moved
     */
    void addBandwidth(final String test, final int bytes, final long bytesInOperation, final List<Samples> samples) {
        final Samples reference = reference(samples);
        for (int i = 0; i < nics.size(); i++) {
            final Samples own = samples.get(i);
            final double rate = NS_PER_SECOND / own.medianNs();
            final double slowRate = NS_PER_SECOND / own.p99Ns();
            rows.add(row(nics.get(i), test, bytes, Measurement.BYTES_PER_SECOND, rate * bytesInOperation,
                slowRate * bytesInOperation, own.count(), rate, deltaNs(own, reference), pdPercent(own, reference)));
        }
    }

    /** All rows so far. */
    List<Measurement> rows() {
        return List.copyOf(rows);
    }

    private static Measurement row(final Rnic nic, final String test, final int bytes, final String unit,
                                   final double median, final double p99, final long count,
                                   final @Nullable Double rate, final @Nullable Double deltaNs,
                                   final @Nullable Double pdPercent) {
        final DeviceAttributes device = nic.attributes();
        return new Measurement(test, nic.frontEnd(), device.link(), device.threading(), bytes, unit, median, p99, count,
            rate, deltaNs, pdPercent);
    }

    /** What the others are compared with; null if it takes no part. */
    private @Nullable Samples reference(final List<Samples> samples) {
        for (int i = 0; i < nics.size(); i++) {
            if (nics.get(i).frontEnd().equals(REFERENCE)) {
                return samples.get(i);
            }
        }
        return null;
    }

    private static @Nullable Double deltaNs(final Samples own, final @Nullable Samples reference) {
        return reference == null || reference == own ? null : Double.valueOf(own.medianNs() - reference.medianNs());
    }

    /** With times t per operation in the place of throughputs 1/t: 1 - t_user / t_kernel. */
    private static @Nullable Double pdPercent(final Samples own, final @Nullable Samples reference) {
        return reference == null || reference == own
            ? null : Double.valueOf((1 - reference.medianNs() / own.medianNs()) * 100);
    }
}
