package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.PostException;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is refused at once. */
public final class Refused {
    private Refused() {
    }

    /** A call is refused with that error; what it says can be looked at. */
    public static AbstractThrowableAssert<?, ?> expectRefused(final RnicError error, final ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
    }

    /** The request at that place of a list is refused, the earlier ones are posted. */
    public static AbstractThrowableAssert<?, ?> expectRefused(
        final RnicError error, final int index, final ThrowingCallable post) {
        return expectRefused(error, post).isInstanceOfSatisfying(PostException.class,
            e -> assertThat(e.index()).isEqualTo(index));
    }
}
