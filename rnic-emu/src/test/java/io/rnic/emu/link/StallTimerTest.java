package io.rnic.emu.link;

import static io.rnic.emu.link.StallTimer.Progress.IDLE;
import static io.rnic.emu.link.StallTimer.Progress.MOVES;
import static io.rnic.emu.link.StallTimer.Progress.STANDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A timer whose time goes on when the test says so. */
class StallTimerTest {
    private static final int TIMEOUT_MS = 1000;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private StallTimer.Progress progress = MOVES;
    private boolean pending;
    private int looks;
    private int drops;
    private final StallTimer timer = new StallTimer(channel.eventLoop(), TIMEOUT_MS) {
        @Override
        boolean isPending() {
            return pending;
        }

        @Override
        Progress look() {
            looks++;
            return progress;
        }

        @Override
        void drop() {
            drops++;
        }
    };

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void pass(final int timeouts) {
        for (int i = 0; i < timeouts; i++) {
            channel.advanceTimeBy(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void shouldLookOnceInATimeoutHoweverOftenItIsArmed() {
        pass(3);
        assertThat(looks).isZero();
        for (int i = 0; i < 5; i++) {
            timer.arm();
            timer.arm();
            pass(1);
        }
        assertThat(looks).isEqualTo(5);
        assertThat(drops).isZero();
    }

    @Test
    void shouldStopToLookWhenNothingIsBegunUntilSomethingIs() {
        timer.arm();
        pass(2);
        progress = IDLE;
        pass(5);
        assertThat(looks).isEqualTo(3);
        progress = MOVES;
        timer.arm();
        pass(2);
        assertThat(looks).isEqualTo(5);
    }

    @Test
    void shouldGoOnWhenSomethingIsBegunJustAsItStops() {
        timer.arm();
        progress = IDLE;
        pending = true;
        pass(4);
        assertThat(looks).isEqualTo(4);
    }

    @Test
    void shouldDropOnceWhatStands() {
        timer.arm();
        pass(1);
        progress = STANDS;
        pass(3);
        timer.arm();
        pass(3);
        assertThat(looks).isEqualTo(2);
        assertThat(drops).isOne();
    }

    @Test
    void shouldDoNothingAfterTheConnectionHasEnded() {
        timer.arm();
        timer.stop();
        progress = STANDS;
        timer.arm();
        pass(3);
        assertThat(looks).isZero();
        assertThat(drops).isZero();
    }
}
