package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastingMemoryTest {
    @TempDir
    private Path folder;

    @Test
    void shouldKnowMemoryThatNobodyCanClose() {
        assertThat(LastingMemory.is(Arena.ofAuto().allocate(8))).isTrue();
        assertThat(LastingMemory.is(Arena.ofAuto().allocate(64).asSlice(3, 5))).isTrue();
    }

    @Test
    void shouldNotTakeMemoryForItThatCanBeClosed() {
        try (Arena shared = Arena.ofShared(); Arena confined = Arena.ofConfined()) {
            assertThat(LastingMemory.is(shared.allocate(8))).isFalse();
            assertThat(LastingMemory.is(confined.allocate(8))).isFalse();
            assertThat(LastingMemory.is(Arena.ofAuto().allocate(8).reinterpret(8, shared, null))).isFalse();
        }
    }

    /** Memory that somebody has mapped is known by it too. */
    @Test
    void shouldNotTakeGlobalMemoryForIt() {
        assertThat(LastingMemory.is(Arena.global().allocate(8))).isFalse();
        assertThat(LastingMemory.is(MemorySegment.ofAddress(4096).reinterpret(8))).isFalse();
    }

    /** Libraries free such buffers by ways of their own. */
    @Test
    void shouldNotTakeBuffersForIt() {
        assertThat(LastingMemory.is(MemorySegment.ofBuffer(ByteBuffer.allocateDirect(8)))).isFalse();
        assertThat(LastingMemory.is(MemorySegment.ofBuffer(ByteBuffer.allocate(8)))).isFalse();
    }

    @Test
    void shouldNotTakeArraysForIt() {
        assertThat(LastingMemory.is(MemorySegment.ofArray(new byte[8]))).isFalse();
        assertThat(LastingMemory.is(MemorySegment.ofArray(new long[1]))).isFalse();
    }

    /** It can be truncated, whoever refers to it. */
    @Test
    void shouldNotTakeMemoryOfAFileForIt() throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("mapped"), StandardOpenOption.CREATE,
            StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThat(LastingMemory.is(channel.map(FileChannel.MapMode.READ_WRITE, 0, 8, Arena.ofAuto()))).isFalse();
            assertThat(LastingMemory.is(channel.map(FileChannel.MapMode.READ_WRITE, 0, 8, Arena.global()))).isFalse();
        }
    }
}
