package io.rnic.emu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Numbers, Usage, OnBoardMemory: what the control path keeps count of. */
class BookkeepingTest {
    private static void assertRefused(final ThrowingCallable call, final RnicError error, final String text) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessage(text)
            .extracting(e -> ((RnicException) e).error()).isEqualTo(error);
    }

    @Nested
    class OfNumbers {
        @Test
        void shouldGiveEachInUseAnIndexOfItsOwn() {
            final Numbers numbers = new Numbers("things", 1_000, "maxThings");
            final Set<Integer> indices = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                final int number = numbers.take();
                assertThat(number & numbers.indexMask()).isPositive();
                assertThat(indices.add(number & numbers.indexMask())).isTrue();
            }
            assertThat(numbers.inUse()).isEqualTo(1_000);
        }

        @Test
        void shouldRefuseOneTooManyAndTakeItWhenOneIsGivenBack() {
            final Numbers numbers = new Numbers("things", 2, "maxThings");
            final int first = numbers.take();
            numbers.take();
            assertRefused(numbers::take, RnicError.DEVICE_LIMIT,
                "all 2 things are in use; close one or raise maxThings");
            assertThat(numbers.inUse()).isEqualTo(2);
            numbers.giveBack(first);
            final int next = numbers.take();
            assertThat(next).isNotEqualTo(first);
            assertThat(next & numbers.indexMask()).isEqualTo(first & numbers.indexMask());
        }

        @Test
        void shouldNotGiveTheSameNumberAgainSoon() {
            final Numbers numbers = new Numbers("things", 4, "maxThings");
            final Set<Integer> seen = new HashSet<>();
            final Deque<Integer> held = new ArrayDeque<>();
            for (int i = 0; i < 100_000; i++) {
                final int number = numbers.take();
                assertThat(number).isBetween(1, (1 << 24) - 1);
                assertThat(seen.add(number)).as("number %d, the %dth", number, i).isTrue();
                held.add(number);
                if (held.size() == 4) {
                    numbers.giveBack(held.remove());
                }
            }
        }

        @Test
        void shouldNumberAsManyAsADeviceCanHave() {
            final int max = 1 << 20;
            final Numbers numbers = new Numbers("things", max, "maxThings");
            final boolean[] used = new boolean[numbers.indexMask() + 1];
            for (int i = 0; i < max; i++) {
                final int index = numbers.take() & numbers.indexMask();
                assertThat(used[index]).isFalse();
                used[index] = true;
            }
            assertThat(used[0]).isFalse();
        }
    }

    @Nested
    class OfUsage {
        private final Usage usage = new Usage("thing 5");

        @Test
        void shouldNameTheUsersThatKeepItOpen() {
            usage.add(1, "user 1");
            assertRefused(usage::close, RnicError.BUSY, "thing 5 is in use by user 1; close it first");
            usage.add(2, "user 2");
            assertRefused(usage::close, RnicError.BUSY, "thing 5 is in use by user 1, user 2; close them first");
            usage.checkOpen();
            usage.remove(1);
            usage.remove(2);
            usage.close();
        }

        @Test
        void shouldNameOnlyEightOfMany() {
            for (int i = 1; i <= 10; i++) {
                usage.add(i, "u" + i);
            }
            assertRefused(usage::close, RnicError.BUSY,
                "thing 5 is in use by u1, u2, u3, u4, u5, u6, u7, u8 and 2 more; close them first");
        }

        @Test
        void shouldCloseOnce() {
            usage.close();
            assertRefused(usage::close, RnicError.CLOSED, "thing 5 is closed");
            assertRefused(usage::checkOpen, RnicError.CLOSED, "thing 5 is closed");
            assertRefused(() -> usage.add(1, "user 1"), RnicError.CLOSED, "thing 5 is closed");
        }

        @Test
        void shouldForgetAnUnknownUserSilently() {
            usage.remove("nobody");
            usage.close();
            assertThat(usage).hasToString("thing 5");
        }
    }

    @Nested
    class OfOnBoardMemory {
        @Test
        void shouldTakeAllOrNothing() {
            final OnBoardMemory memory = new OnBoardMemory(100);
            memory.charge(60, "a");
            assertRefused(() -> memory.charge(41, "a thing"), RnicError.DEVICE_LIMIT, "no on-board memory for a thing:"
                + " it needs 41 bytes, 40 of 100 are free; close something or raise onBoardMemory");
            assertThat(memory.used()).isEqualTo(60);
            memory.charge(40, "b");
            memory.release(60);
            assertThat(memory.used()).isEqualTo(40);
            memory.charge(60, "c");
        }

        @Test
        void shouldNotOverflowWithoutALimit() {
            final OnBoardMemory memory = new OnBoardMemory(Long.MAX_VALUE);
            memory.charge(1, "a");
            assertRefused(() -> memory.charge(Long.MAX_VALUE, "b"), RnicError.DEVICE_LIMIT,
                "no on-board memory for b: it needs " + Long.MAX_VALUE + " bytes, " + (Long.MAX_VALUE - 1) + " of "
                    + Long.MAX_VALUE + " are free; close something or raise onBoardMemory");
            memory.charge(Long.MAX_VALUE - 1, "c");
        }
    }
}
