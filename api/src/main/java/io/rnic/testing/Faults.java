package io.rnic.testing;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
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
 * <p>Immutable. A number that is not allowed is refused at once, with INVALID_ARGUMENT. Registrations are
 * counted on the device, deliveries and bytes on each side of each connection.
 */
public final class Faults {
    private static final long MAX = Long.MAX_VALUE - 1;
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
        return with("register", number("registration", n, 1, MAX));
    }

    /** A registration fails with that probability, in percent. */
    public Faults failRegistrations(final int percent) {
        return with("register", number("percentage", percent, 0, 100) + "%");
    }

    /** The {@code n}-th delivery, from 1, of a side is answered by a Terminate (RFC 5040 §4.8) and not placed. */
    public Faults terminate(final long n, final int layer, final int errorType, final int errorCode) {
        return with("terminate", number("delivery", n, 1, MAX) + "=" + number("layer", layer, 0, 15) + "/"
            + number("error type", errorType, 0, 15) + "/" + number("error code", errorCode, 0, 255));
    }

    /** A connection ends when a side has delivered so many bytes; those before it are placed. */
    public Faults dropAfter(final long bytes) {
        return with("drop", number("bytes before the drop", bytes, 0, MAX));
    }

    /** Each completion queue overruns at its {@code n}-th completion, from 1. */
    public Faults overrunAt(final long n) {
        return with("overrun", number("completion", n, 1, MAX));
    }

    /** So many polls come back empty before completions that are there are handed over. */
    public Faults delayCompletions(final int polls) {
        return with("delay", number("polls", polls, 0, Integer.MAX_VALUE));
    }

    /** What percentages are drawn from; 0 if not given. */
    public Faults seed(final long seed) {
        return with("seed", Long.toString(seed));
    }

    private static String number(final String what, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "fault with " + what + " " + value + "; allowed: " + min
                + " to " + max);
        }
        return Long.toString(value);
    }

    private Faults with(final String name, final String value) {
        final Map<String, String> more = new TreeMap<>(values);
        more.put(name, value);
        return new Faults(more);
    }

    /**
     * The options with these faults beside those that they have. A front end that does not know one, or is asked for
     * one twice, says so at opening.
     */
    public RnicOptions addTo(final RnicOptions options) {
        final String before = options.explicit().getOrDefault("faults", "");
        return options.with("faults", before.isEmpty() ? toString() : before + ";" + this);
    }

    /** The value of the setting {@code faults}. */
    @Override
    public String toString() {
        return values.entrySet().stream().map(value -> value.getKey() + ":" + value.getValue())
            .collect(Collectors.joining(";"));
    }
}
