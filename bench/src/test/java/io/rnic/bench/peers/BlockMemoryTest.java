package io.rnic.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.run.ExperimentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream of blocks of which something is wrong does not pass. */
class BlockMemoryTest {
    private static final int BYTES = 4096;

    private final BlockMemory memory = new BlockMemory(2 * BYTES);

    @BeforeEach
    void copyTwoBlocks() {
        memory.stamp(BYTES, 2);
        for (int place = 0; place < 2; place++) {
            memory.copy((long) place * BYTES, BYTES);
        }
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldAcceptWhatWasCopied() {
        assertThatCode(() -> memory.verify(BYTES, 2)).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAnotherByte() {
        final byte last = memory.server().get(JAVA_BYTE, 2 * BYTES - 1);
        memory.server().set(JAVA_BYTE, 2 * BYTES - 1, (byte) ~last);
        assertThatThrownBy(() -> memory.verify(BYTES, 2)).isInstanceOf(ExperimentException.class)
            .hasMessageContaining("byte 4095 of the block in place 1");
    }

    @Test
    void shouldRefuseAnOlderBlock() {
        memory.stamp(BYTES, 2);
        memory.copy(0, BYTES);
        assertThatThrownBy(() -> memory.verify(BYTES, 2)).isInstanceOf(ExperimentException.class)
            .hasMessageContaining("byte 0 of the block in place 1");
    }
}
