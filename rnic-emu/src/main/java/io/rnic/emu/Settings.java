package io.rnic.emu;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads settings by name; what is wrong is said with what was given and what is allowed. */
public record Settings(Map<String, String> values) {
    /**
     * Refuses settings that nobody knows.
     *
     * @throws RnicException INVALID_ARGUMENT with the known ones
     */
    public void checkNames(final Set<String> known) {
        for (final String name : values.keySet()) {
            if (!known.contains(name)) {
                throw new RnicException(RnicError.INVALID_ARGUMENT, "unknown setting '" + name + "'; allowed: "
                    + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    /** A text. */
    public String text(final String name, final String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** A name, which is not blank. */
    public String name(final String name, final String otherwise) {
        final String value = text(name, otherwise);
        if (value.isBlank()) {
            throw wrong(name, value, "a name that is not blank");
        }
        return value;
    }

    /** One of an enum's names, in lower case. */
    public <E extends Enum<E>> E choice(final String name, final Class<E> type, final E otherwise) {
        final String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        for (final E constant : type.getEnumConstants()) {
            if (nameOf(constant).equals(value)) {
                return constant;
            }
        }
        throw wrong(name, value,
            String.join(", ", Arrays.stream(type.getEnumConstants()).map(Settings::nameOf).toList()));
    }

    /** True or false. */
    public boolean flag(final String name, final boolean otherwise) {
        final String value = values.getOrDefault(name, String.valueOf(otherwise));
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(name, value, "true, false");
        }
        return Boolean.parseBoolean(value);
    }

    /** An enum constant as settings spell it. */
    public static String nameOf(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A number of bytes with an optional suffix K, M or G (1024 each).
     *
     * @param none the word for 'no limit of ours', which gives Long.MAX_VALUE
     */
    public long bytes(final String name, final String none, final long otherwise) {
        final String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value.equals(none)) {
            return Long.MAX_VALUE;
        }
        if (!value.matches("[0-9]{1,12}[KMGkmg]?")) {
            throw wrong(name, value,
                "a number of bytes of up to 12 digits, with K, M or G for 1024, 1024² or 1024³ of them, or "
                + none);
        }
        final int shift = switch (Character.toUpperCase(value.charAt(value.length() - 1))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        final long count = Long.parseLong(shift == 0 ? value : value.substring(0, value.length() - 1));
        if (count > Long.MAX_VALUE >> shift) {
            throw wrong(name, value, "up to " + (Long.MAX_VALUE >> shift) + value.charAt(value.length() - 1));
        }
        return count << shift;
    }

    /** A count from 1 to {@code max}. */
    public int count(final String name, final int otherwise, final int max) {
        final String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > max) {
            throw wrong(name, value, "1 to " + max);
        }
        return Integer.parseInt(value);
    }

    /** The exception for a value that is not allowed. */
    public static RnicException wrong(final String name, final String value, final String allowed) {
        return new RnicException(RnicError.INVALID_ARGUMENT,
            "setting " + name + "=" + value + " is not allowed; allowed: " + allowed);
    }
}
