package io.rnic.emu.link;

import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.StreamLink;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Faults that a test asks for, the same each time for the same seed: {@code name:value} separated by semicolons.
 *
 * <pre>
 *   register:WHEN            a registration fails with LOCKED_MEMORY_LIMIT
 *   terminate:WHEN=L/T/C     a delivery is answered by that Terminate (layer/type/code, RFC 5040 §4.8)
 *   drop:BYTES               a connection ends when a side has delivered so many bytes; those before it are placed
 *   overrun:N                each completion queue overruns at its n-th completion
 *   delay:POLLS              so many polls come back empty before completions that are there are handed over
 *   seed:N                   for percentages; 0 if not given
 *
 *   WHEN   the n-th time: N; or each time with a probability: P%
 * </pre>
 *
 * <p>Registrations are counted on the device, deliveries and bytes on each side of each connection.
 */
public final class FaultPlan {
    /** No faults. */
    public static final FaultPlan NONE = new FaultPlan("");

    private static final String ALLOWED = "name:value separated by ';', of register:WHEN, terminate:WHEN=L/T/C,"
        + " drop:BYTES, overrun:N, delay:POLLS, seed:N; WHEN is N (the n-th time) or P%";

    private final String text;
    private Moment registration = Moment.never();
    private Moment terminate = Moment.never();
    private int terminateCode;
    private long dropBytes = Long.MAX_VALUE;
    private long overrun = Long.MAX_VALUE;
    private int delay;
    private long seed;
    private final Moment.Watch registrations;
    private long sides;

    private FaultPlan(final String text) {
        this.text = text;
        final Map<String, String> values = new TreeMap<>();
        for (final String part : text.split(";", -1)) {
            final int colon = part.indexOf(':');
            if (colon > 0) {
                final String name = part.substring(0, colon).strip();
                if (values.put(name, part.substring(colon + 1).strip()) != null) {
                    throw wrong("'" + name + "' is there twice");
                }
            } else if (!part.isBlank()) {
                throw wrong("'" + part + "' is no name:value");
            }
        }
        values.forEach(this::set);
        registrations = registration.watch(seed);
    }

    /**
     * Parses a plan.
     *
     * @throws RnicException INVALID_ARGUMENT for what it does not know
     */
    public static FaultPlan parse(final String text) {
        return text.isBlank() ? NONE : new FaultPlan(text);
    }

    private void set(final String name, final String value) {
        switch (name) {
            case "register" -> registration = moment(name, value);
            case "terminate" -> setTerminate(value);
            case "drop" -> dropBytes = number(name, value, 0, Long.MAX_VALUE - 1);
            case "overrun" -> overrun = number(name, value, 1, Long.MAX_VALUE - 1);
            case "delay" -> delay = (int) number(name, value, 0, Integer.MAX_VALUE);
            case "seed" -> seed = number(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
            default -> throw wrong("unknown fault '" + name + "'");
        }
    }

    private void setTerminate(final String value) {
        final String[] parts = value.split("[=/]", -1);
        if (parts.length != 4) {
            throw wrong("terminate:" + value);
        }
        terminate = moment("terminate", parts[0]);
        terminateCode = TerminateCode.of((int) number("layer", parts[1], 0, 15), (int) number("type", parts[2], 0, 15),
            (int) number("code", parts[3], 0, 255));
    }

    private Moment moment(final String name, final String value) {
        final Moment moment = Moment.parse(value);
        if (moment == null) {
            throw wrong(name + ":" + value + ", where '" + value
                + "' is no number from 1 (the n-th time) and no percentage from 0% to 100%");
        }
        return moment;
    }

    private long number(final String name, final String value, final long min, final long max) {
        try {
            final long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // refused below
        }
        throw wrong(name + ":" + value + ", not a number from " + min + " to " + max);
    }

    private RnicException wrong(final String what) {
        return new RnicException(RnicError.INVALID_ARGUMENT,
            "setting faults=" + text + " is not allowed: " + what + "; allowed: " + ALLOWED);
    }

    /**
     * A registration begins.
     *
     * @throws RnicException LOCKED_MEMORY_LIMIT if it is to fail
     */
    public synchronized void checkRegistration() {
        if (registrations.pass()) {
            throw new RnicException(RnicError.LOCKED_MEMORY_LIMIT,
                "cannot lock memory: a fault that was asked for (faults=" + text + ")");
        }
    }

    /** At which completion a completion queue overruns, counted from 1; Long.MAX_VALUE for never. */
    public long overrun() {
        return overrun;
    }

    /** How many polls come back empty before completions that are there are handed over. */
    public int delay() {
        return delay;
    }

    /** One side's link, with the faults that are asked for. */
    DirectLink around(final DirectLink link, final QueuePairContext self) {
        return touchesLinks()
            ? new FaultyLink(link, self, terminate.watch(seed + nextSide()), terminateCode, dropBytes) : link;
    }

    /** The same for a stream. */
    StreamLink around(final StreamLink link, final QueuePairContext self) {
        return touchesLinks()
            ? new FaultyStreamLink(link, self, terminate.watch(seed + nextSide()), terminateCode, dropBytes) : link;
    }

    boolean touchesLinks() {
        return !terminate.equals(Moment.never()) || dropBytes != Long.MAX_VALUE;
    }

    private synchronized long nextSide() {
        return ++sides;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FaultPlan plan && plan.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
