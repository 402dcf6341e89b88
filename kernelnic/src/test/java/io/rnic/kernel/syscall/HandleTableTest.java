package io.rnic.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandleTableTest {
    private final HandleTable table = new HandleTable();

    private void assertUnknown(final int handle, final Class<?> kind) {
        assertThatThrownBy(() -> table.get(handle, kind)).isInstanceOf(RnicException.class)
            .hasMessageContaining("handle " + handle + " stands for nothing of its kind")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.CLOSED);
    }

    @Test
    void shouldFindAnObjectByItsHandleAndKindOnly() {
        final int handle = table.add("text");
        assertThat(handle).isPositive();
        assertThat(table.get(handle, String.class)).isEqualTo("text");
        assertThat(table.get(handle, Object.class)).isEqualTo("text");
        assertUnknown(handle, Integer.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1, 15, 16, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldKnowNoHandleThatItDidNotGive(final int handle) {
        assertUnknown(handle, Object.class);
        final int given = table.add("text");
        assertUnknown(given ^ Integer.MIN_VALUE, Object.class);
        assertUnknown(given + (1 << 20), Object.class);
        assertUnknown(given - (1 << 20), Object.class);
    }

    @Test
    void shouldForgetAClosedHandle() {
        final int handle = table.add("text");
        table.remove(handle);
        assertUnknown(handle, String.class);
    }

    @Test
    void shouldSayWhatAClosedHandleStoodForUntilItsPlaceIsUsedAgain() {
        final int handle = table.add("text");
        table.close(handle, "text 1 is closed");
        table.close(handle, "closed twice");
        assertThatThrownBy(() -> table.get(handle, String.class)).isInstanceOf(RnicException.class)
            .hasMessage("text 1 is closed").extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.CLOSED);
        assertThat(table.find(handle, Object.class)).isNull();
        for (int i = 0; i < 16; i++) {
            table.add(i);
        }
        assertUnknown(handle, String.class);
    }

    @Test
    void shouldGiveAReusedPlaceAnotherHandle() {
        final Set<Integer> handles = new HashSet<>();
        // A table of 16 places: each place is used a hundred times.
        for (int i = 0; i < 1_600; i++) {
            final int handle = table.add(i);
            assertThat(handles.add(handle)).as("handle %d, the %dth", handle, i).isTrue();
            assertThat(table.get(handle, Integer.class)).isEqualTo(i);
            table.remove(handle);
        }
    }

    @Test
    void shouldNotTakeAnOldHandleForANewerObject() {
        final int old = table.add("old");
        table.remove(old);
        for (int i = 0; i < 40; i++) {
            table.add("new");
            assertUnknown(old, String.class);
        }
    }

    @Test
    void shouldKeepAllHandlesWhileItGrows() {
        final Map<Integer, Integer> objects = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            objects.put(table.add(i), i);
        }
        assertThat(objects).hasSize(5_000);
        objects.forEach((handle, object) -> assertThat(table.get(handle, Integer.class)).isEqualTo(object));
    }

    @Test
    void shouldRefuseMoreThanAMillionHandles() {
        for (int i = 0; i < 1 << 20; i++) {
            assertThat(table.add("x")).isPositive();
        }
        assertThatThrownBy(() -> table.add("x")).isInstanceOf(RnicException.class)
            .hasMessage("the process has 1048576 handles open already")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.DEVICE_LIMIT);
    }

    @Test
    void shouldUseTheOneClosedPlaceOfATableThatIsFullOtherwise() {
        final Map<Integer, String> open = new HashMap<>();
        for (int i = 0; i < 1 << 10; i++) {
            open.put(table.add("text " + i), "text " + i);
        }
        final int closed = open.keySet().iterator().next();
        open.remove(closed);
        table.remove(closed);
        table.remove(closed);
        final int again = table.add("again");
        final int more = table.add("more");
        assertThat(again & 0xF_FFFF).isEqualTo(closed & 0xF_FFFF);
        assertThat(more & 0xF_FFFF).isEqualTo(1 << 10);
        assertUnknown(closed, String.class);
        open.forEach((handle, text) -> assertThat(table.get(handle, String.class)).isEqualTo(text));
    }
}
