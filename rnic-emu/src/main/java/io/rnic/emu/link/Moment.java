package io.rnic.emu.link;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * When a fault happens: at the n-th time, once, or each time with a probability, drawn from a seed.
 *
 * @param nth         from 1, 0 if it is by probability
 * @param probability from 0 to 1, of each time
 */
record Moment(long nth, double probability) {
    private static final Moment NEVER = new Moment(Long.MAX_VALUE, 0);

    static Moment never() {
        return NEVER;
    }

    /** Parses {@code N}, from 1, or {@code P%}, from 0 to 100; null if it is neither. */
    static @Nullable Moment parse(final String text) {
        try {
            if (text.endsWith("%")) {
                final double percent = Double.parseDouble(text.substring(0, text.length() - 1));
                if (percent >= 0 && percent <= 100) {
                    return new Moment(0, percent / 100);
                }
            } else if (Long.parseLong(text) > 0) {
                return new Moment(Long.parseLong(text), 0);
            }
        } catch (final NumberFormatException e) {
            // as below
        }
        return null;
    }

    /** Something that counts up to it; not thread-safe. */
    Watch watch(final long seed) {
        return new Watch(this, seed);
    }

    /** Knows how often it was passed. */
    static final class Watch {
        private final Moment moment;
        private final Random random;
        private long passed;

        private Watch(final Moment moment, final long seed) {
            this.moment = moment;
            random = new Random(seed);
        }

        /** Passes once; true if that was the moment. */
        boolean pass() {
            passed++;
            return moment.nth == 0 ? random.nextDouble() < moment.probability : passed == moment.nth;
        }
    }
}
