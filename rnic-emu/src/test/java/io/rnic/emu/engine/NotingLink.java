package io.rnic.emu.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A stream that takes everything, and notes what it was told: of segments whether others follow, and when to flush. */
final class NotingLink implements StreamLink {
    private static final int SEGMENT_BYTES = 100;

    final List<String> notes = new ArrayList<>();
    /** What happens when a segment ends, and before a flush. */
    Runnable onEnd = () -> { };
    Runnable onFlush = () -> { };
    /** What the end leads to: none is expected. */
    Runnable onDisconnect = () -> {
        throw new AssertionError("nothing ends here");
    };
    /** What the end of a segment comes back with. */
    int ended = Terminate.NONE;
    /** What a flush of something comes back with. */
    int flushed = Terminate.NONE;
    private String segment = "";
    private boolean held;

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void later() {
        throw new AssertionError("nothing is answered here");
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
        segment = "tagged " + length;
    }

    @Override
    public void untagged(final int opcode, final int stag, final int msn, final int messageOffset, final int length,
        final boolean last) {
        segment = "untagged " + length;
    }

    @Override
    public int payload(final MemorySegment source, final long sourceOffset, final int length) {
        return Terminate.NONE;
    }

    @Override
    public int end(final boolean follows) {
        notes.add(segment + (follows ? " followed" : " leaves"));
        held = follows;
        final int result = ended;
        onEnd.run();
        return result;
    }

    @Override
    public void abandon() {
        throw new AssertionError("nothing is taken back here");
    }

    /** Noted where something is held. */
    @Override
    public int flush() {
        if (held) {
            held = false;
            notes.add("flush");
            onFlush.run();
            return flushed;
        }
        return Terminate.NONE;
    }

    @Override
    public void terminate(final int code, final MemorySegment ulpdu, final int ulpduLength) {
        throw new AssertionError("Terminate " + Integer.toHexString(code));
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
