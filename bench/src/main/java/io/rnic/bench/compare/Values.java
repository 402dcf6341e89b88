package io.rnic.bench.compare;

import io.rnic.emu.host.Crossing;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options: what is allowed, and the message that says so. */
final class Values {
    private Values() {
    }

    /** A message size. */
    static final class Size implements ITypeConverter<Integer> {
        @Override
        public Integer convert(final String value) {
            if (value.matches("[0-9]{1,7}[KkMm]?")) {
                final char suffix = Character.toUpperCase(value.charAt(value.length() - 1));
                final int shift = suffix == 'M' ? 20 : suffix == 'K' ? 10 : 0;
                final long bytes = Long.parseLong(shift == 0 ? value : value.substring(0, value.length() - 1)) << shift;
                if (bytes >= 1 && bytes <= Settings.MAX_SIZE) {
                    return (int) bytes;
                }
            }
            throw new TypeConversionException("'" + value + "' is not a size; allowed: 1 to " + Settings.MAX_SIZE
                + " bytes, with suffix K or M");
        }
    }

    /** A front end that is there. */
    static final class FrontEnd implements ITypeConverter<String> {
        @Override
        public String convert(final String value) {
            return oneOf(Rnic.frontEnds(), value);
        }
    }

    /** A threading mode. */
    static final class Threading implements ITypeConverter<String> {
        @Override
        public String convert(final String value) {
            return oneOf(List.of("invoker", "dedicated"), value);
        }
    }

    /** A way to pin memory. */
    static final class PinningMode implements ITypeConverter<String> {
        @Override
        public String convert(final String value) {
            return oneOf(List.of("preferred", "locked", "accounted"), value);
        }
    }

    /** A crossing, as the device understands it. */
    static final class CrossingName implements ITypeConverter<String> {
        @Override
        public String convert(final String value) {
            try {
                Crossing.parse(value);
                return value;
            } catch (final RnicException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static String oneOf(final List<String> allowed, final String value) {
        if (!allowed.contains(value)) {
            throw new TypeConversionException("'" + value + "' is unknown; allowed: " + String.join(", ", allowed));
        }
        return value;
    }
}
