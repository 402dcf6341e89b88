package io.rnic.testing;

import io.rnic.verbs.RnicOptions;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the NIC of a test is to do wrong, the same each time: for {@code RnicOptions}, or, as text, for
 * {@link RnicTest#faults}.
 *
 * <pre>{@code
 * ConnectedPair.open(Faults.none().dropAfter(4096).addTo(options))
 * }</pre>
 *
 * <p>Immutable. Registrations are counted on the device, deliveries and bytes on each side of each connection.
 */
public final class Faults {
    private static final Faults NONE = new Faults(Map.of());

    private final Map<String, String> values;

    private Faults(final Map<String, String> values) {
        this.values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Nothing. */
    public static Faults none() {
        return NONE;
    }

    /** The {@code n}-th registration, from 1, fails with LOCKED_MEMORY_LIMIT. */
    public Faults failRegistration(final long n) {
        return with("register", Long.toString(n));
    }

    /** A registration fails with that probability, in percent. */
    public Faults failRegistrations(final int percent) {
        return with("register", percent + "%");
    }

    /** The {@code n}-th delivery, from 1, of a side is answered by a Terminate (RFC 5040 §4.8) and not placed. */
    public Faults terminate(final long n, final int layer, final int errorType, final int errorCode) {
        return with("terminate", n + "=" + layer + "/" + errorType + "/" + errorCode);
    }

    /** A connection ends when a side has delivered so many bytes; those before it are placed. */
    public Faults dropAfter(final long bytes) {
        return with("drop", Long.toString(bytes));
    }

    /** Each completion queue overruns at its {@code n}-th completion, from 1. */
    public Faults overrunAt(final long n) {
        return with("overrun", Long.toString(n));
    }

    /** So many polls come back empty before completions that are there are handed over. */
    public Faults delayCompletions(final int polls) {
        return with("delay", Integer.toString(polls));
    }

    /** What percentages are drawn from; 0 if not given. */
    public Faults seed(final long seed) {
        return with("seed", Long.toString(seed));
    }

    private Faults with(final String name, final String value) {
        final Map<String, String> more = new TreeMap<>(values);
        more.put(name, value);
        return new Faults(more);
    }

    /** The options with the setting {@code faults}. What is not allowed is said when the NIC is opened. */
    public RnicOptions addTo(final RnicOptions options) {
        return options.with("faults", toString());
    }

    /** The value of the setting {@code faults}. */
    @Override
    public String toString() {
        return values.entrySet().stream().map(value -> value.getKey() + ":" + value.getValue())
            .collect(Collectors.joining(";"));
    }
}
