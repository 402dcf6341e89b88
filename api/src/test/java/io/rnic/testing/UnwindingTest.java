package io.rnic.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnwindingTest {
    private final List<String> undone = new ArrayList<>();

    @Test
    void shouldUndoNothingOfWhatIsMade() {
        final String made = Unwinding.unlessMade(unwinding -> {
            unwinding.add(() -> undone.add("first"));
            return "made";
        });
        assertThat(made).isEqualTo("made");
        assertThat(undone).isEmpty();
    }

    @Test
    void shouldUndoTheNewestFirstAndThrowWhy() {
        final IOException why = new IOException("why");
        assertThatThrownBy(() -> Unwinding.unlessMade(unwinding -> {
            unwinding.add(() -> undone.add("first"));
            unwinding.add(() -> undone.add("second"));
            throw why;
        })).isSameAs(why).hasNoSuppressedExceptions();
        assertThat(undone).containsExactly("second", "first");
    }

    @Test
    void shouldUndoAllAndThrowWhyThoughUndoingThrowsToo() {
        final IllegalStateException second = new IllegalStateException("second");
        final AssertionError third = new AssertionError("third");
        assertThatThrownBy(() -> Unwinding.unlessMade(unwinding -> {
            unwinding.add(() -> undone.add("first"));
            unwinding.add(() -> {
                throw second;
            });
            unwinding.add(() -> {
                throw third;
            });
            throw new IOException("why");
        })).isInstanceOf(IOException.class).hasMessage("why")
            .satisfies(why -> assertThat(why.getSuppressed()).containsExactly(third, second));
        assertThat(undone).containsExactly("first");
    }
}
