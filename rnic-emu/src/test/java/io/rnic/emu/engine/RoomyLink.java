package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.RdmapOpcode;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** A stream that takes everything at once; all that is sent answers a Read whose sink is {@link #SINK_STAG}. */
final class RoomyLink implements StreamLink {
    static final int SINK_STAG = 0x1234;
    static final int SEGMENT_BYTES = 60_000;

    long bytes;
    int lasts;
    /** What a Terminate and the end lead to: none is expected. */
    IntConsumer onTerminate = code -> {
        throw new AssertionError("Terminate " + Integer.toHexString(code));
    };
    Runnable onDisconnect = () -> {
        throw new AssertionError("nothing ends here");
    };
    private boolean later;

    /** Whether it was asked for another turn since this was asked. */
    boolean takeLater() {
        final boolean asked = later;
        later = false;
        return asked;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void later() {
        later = true;
    }

    @Override
    public int maxTagged() {
        return SEGMENT_BYTES;
    }

    @Override
    public int maxUntagged() {
        return SEGMENT_BYTES;
    }

    @Override
    public void tagged(
        final int opcode, final int stag, final long taggedOffset, final int length, final boolean last) {
        assertThat(opcode).isEqualTo(RdmapOpcode.READ_RESPONSE);
        assertThat(stag).isEqualTo(SINK_STAG);
        lasts += last ? 1 : 0;
    }

    @Override
    public void untagged(final int opcode, final int stag, final int msn, final int messageOffset,
        final int length, final boolean last) {
        throw new AssertionError("only answers are sent here");
    }

    @Override
    public int payload(final MemorySegment source, final long sourceOffset, final int length) {
        bytes += length;
        return Terminate.NONE;
    }

    @Override
    public int end(final boolean follows) {
        return Terminate.NONE;
    }

    @Override
    public void abandon() {
        throw new AssertionError("nothing is taken back here");
    }

    @Override
    public int flush() {
        return Terminate.NONE; // all has left
    }

    @Override
    public void terminate(final int code, final MemorySegment ulpdu, final int ulpduLength) {
        onTerminate.accept(code);
    }

    @Override
    public void disconnect() {
        onDisconnect.run();
    }

    @Override
    public int peerNumber() {
        return 0;
    }
}
