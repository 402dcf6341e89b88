package io.rnic.bench.tcp;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.AnnotatedElement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;

/** Of an option that is a number: what it may be, which an error says. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Range {
    /** The least. */
    long min();

    /** The most. */
    long max();

    /** What an option's field says of its range. */
    final class Of {
        private Of() {
        }

        /** The range of an option; null if it has none. */
        public static @Nullable Range option(final ArgSpec option) {
            return option.userObject() instanceof AnnotatedElement field ? field.getAnnotation(Range.class) : null;
        }

        /** As an error says it. */
        public static String text(final Range range) {
            return range.min() + " to " + range.max();
        }
    }
}
