package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * An application's interrupts and the NIC. HotSpot also interrupts a thread under whose copy an arena is closed: that
 * this leaves nobody interrupted or dead is what {@code InterruptStatusTest} and the fire test show.
 */
class ClosedArenaTest {
    private static final int BYTES = 4096;

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    @RnicTest(threading = "dedicated")
    @Timeout(60)
    void shouldGoOnWhenTheNicsThreadIsInterrupted(final Rnic rnic, final ConnectedPair pair) {
        final Thread nic = Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("rnic " + rnic.attributes().device())).findFirst().orElseThrow();
        for (int i = 0; i < 10; i++) {
            nic.interrupt();
            write(pair, i);
            assertThat(pair.client().awaitSend()).hasWrId(i).succeeded();
        }
        assertThat(nic.isAlive()).isTrue();
    }

    private static void write(final ConnectedPair pair, final long wrId) {
        pair.client().write(wrId, 0, 8, pair.server().region().address(), pair.server().region().rkey());
    }

    /** Whatever the copy comes upon, the thread's own interrupt is there afterwards. */
    @EveryDoor
    void shouldKeepTheInterruptOfAThreadWhoseCopyFails(final ConnectedPair pair) {
        final Side client = pair.client();
        final MemoryRegion gone = goneRegion(client);
        Thread.currentThread().interrupt();
        client.queuePair().postSend(new SendRequest().write(1, pair.server().region().address(),
            pair.server().region().rkey()).sge(gone, 0, BYTES).signalled(true));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
        gone.close();
    }

    @EveryDoor
    void shouldKeepTheInterruptOfAThreadWhoseInlineDataIsGone(final ConnectedPair pair) {
        final MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(8);
        }
        Thread.currentThread().interrupt();
        try {
            pair.client().queuePair().postSend(new SendRequest().send(1).inline(gone, 0, 8));
            throw new AssertionError("taken");
        } catch (final RnicException e) {
            assertThat(e).hasMessageContaining("inline data");
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    private static MemoryRegion goneRegion(final Side side) {
        try (Arena arena = Arena.ofShared()) {
            return side.domain().registerMemory(arena.allocate(BYTES), Access.LOCAL_WRITE);
        }
    }
}
