package io.rnic.emu.stress;

import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.Terminate;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The far end of a send queue: takes RDMA Writes of 8 inline bytes and knows what each must be, so that a slot that was
 * taken too early, too late, twice or half written is seen.
 */
final class SequenceLink implements DirectLink {
    /** What was taken is not what was posted. */
    static final int TORN = -1;

    private static final long ADDRESS = 0x1122_3344_5566_7700L;
    private static final int KEY = 0x1357_9B00;
    private static final long DATA = 0x0F1E_2D3C_4B5A_6900L;

    private final int step;
    private int taken;

    private SequenceLink(final int step) {
        this.step = step;
    }

    /** Expects request 0, then 1, then 2. */
    static SequenceLink ascending() {
        return new SequenceLink(1);
    }

    /** Expects request 0 each time. */
    static SequenceLink equal() {
        return new SequenceLink(0);
    }

    /** The request with that ordinal, from 0; its wr_id is the ordinal. */
    static SendRequest request(final int ordinal) {
        final MemorySegment data = MemorySegment.ofArray(new long[] {DATA + ordinal});
        return new SendRequest().write(ordinal, ADDRESS + ordinal, KEY + ordinal).inline(data, 0, Long.BYTES);
    }

    /** How many were taken, whole and in order; {@link #TORN} if one was not. */
    int taken() {
        return taken;
    }

    @Override
    public int write(final int stag, final long taggedOffset, final MemorySegment source, final long sourceOffset,
        final int length) {
        final int ordinal = taken * step;
        final boolean whole = taken != TORN && stag == KEY + ordinal && taggedOffset == ADDRESS + ordinal
            && length == Long.BYTES
            && source.get(ValueLayout.JAVA_LONG_UNALIGNED, sourceOffset) == DATA + ordinal;
        taken = whole ? taken + 1 : TORN;
        return Terminate.NONE;
    }

    @Override
    public int peerNumber() {
        return 0;
    }

    @Override
    public void expectSend() {
    }

    @Override
    public int send(final MemorySegment source, final long sourceOffset, final int length, final int messageOffset,
        final boolean last) {
        taken = TORN;
        return Terminate.NONE;
    }

    @Override
    public int read(final int sinkStag, final long sinkOffset, final int length, final int sourceStag,
        final long sourceOffset) {
        taken = TORN;
        return Terminate.NONE;
    }

    @Override
    public @Nullable Fault refusal() {
        return null;
    }

    @Override
    public int atomic(final int stag, final long taggedOffset, final boolean swaps, final long operand,
        final long comparand, final int sinkKey, final long sinkAddress) {
        taken = TORN;
        return Terminate.NONE;
    }

    @Override
    public int invalidate(final int stag) {
        taken = TORN;
        return Terminate.NONE;
    }

    @Override
    public int finish(final CompletionOpcode opcode, final int length, final long carried, final long value,
        final boolean solicited) {
        taken = TORN;
        return Terminate.NONE;
    }

    @Override
    public void disconnect() {
    }
}
