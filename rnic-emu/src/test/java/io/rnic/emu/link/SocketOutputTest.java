package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.rnic.emu.engine.Terminate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What was taken leaves, however long the peer takes to read it. */
class SocketOutputTest {
    private static final int PIECE_BYTES = 1 << 16;

    @Test
    void shouldGiveThePeerItsTimeToEndItsSideOnlyWhenAllHasLeft() throws Exception {
        assumeTrue(Epoll.isAvailable());
        final MemorySegment bytes = Arena.ofAuto().allocate(PIECE_BYTES);
        bytes.fill((byte) 7);
        try (LinkedSocket linked = new LinkedSocket(false)) {
            final SocketOutput output = linked.output();
            linked.awaitRoom();
            long sent = 0;
            while (output.hasRoom()) {
                assertThat(output.write(bytes, PIECE_BYTES)).isEqualTo(Terminate.NONE);
                sent += PIECE_BYTES;
            }
            output.finish();
            assertThat(linked.lingers()).isZero();
            linked.beginToRead();
            assertThat(linked.received()).hasSize((int) sent);
            assertThat(linked.lingers()).isOne();
        }
    }
}
