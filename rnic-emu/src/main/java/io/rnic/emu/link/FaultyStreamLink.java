package io.rnic.emu.link;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.StreamLink;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.RdmapOpcode;
import java.lang.foreign.MemorySegment;

/**
 * A stream that fails when it is asked to: a delivery is a segment here, and its bytes are those of the payload. Used
 * by one side, under the lock of its send queue.
 */
final class FaultyStreamLink implements StreamLink {
    private final StreamLink link;
    private final QueuePairContext self;
    private final Moment.Watch terminates;
    private final int terminateCode;
    private long bytesLeft;
    /** Bytes of the segment under way that pass; below its length the connection ends behind them. */
    private int allowed;
    private boolean cut;
    /** Whether the segment under way answers the peer. */
    private boolean answers;
    private boolean refused;

    FaultyStreamLink(final StreamLink link, final QueuePairContext self, final Moment.Watch terminates,
        final int terminateCode, final long dropBytes) {
        this.link = link;
        this.self = self;
        this.terminates = terminates;
        this.terminateCode = terminateCode;
        bytesLeft = dropBytes;
    }

    private int begin(final int opcode, final int length) {
        answers = opcode == RdmapOpcode.READ_RESPONSE || opcode == RdmapOpcode.ATOMIC_RESPONSE;
        refused = terminates.pass();
        allowed = (int) Math.min(length, bytesLeft);
        cut = allowed < length;
        bytesLeft -= allowed;
        return allowed;
    }

    @Override
    public void later() {
        link.later();
    }

    @Override
    public void tagged(
        final int opcode, final int stag, final long taggedOffset, final int length, final boolean last) {
        final int passing = begin(opcode, length);
        link.tagged(opcode, stag, taggedOffset, passing, last && !cut);
    }

    @Override
    public void untagged(final int opcode, final int stag, final int msn, final int messageOffset, final int length,
        final boolean last) {
        final int passing = begin(opcode, length);
        link.untagged(opcode, stag, msn, messageOffset, passing, last && !cut);
    }

    @Override
    public int payload(final MemorySegment source, final long sourceOffset, final int length) {
        final int passing = Math.min(length, allowed);
        allowed -= passing;
        return passing == 0 ? Terminate.NONE : link.payload(source, sourceOffset, passing);
    }

    @Override
    public int end(final boolean follows) {
        if (refused) {
            link.abandon();
            self.noteInjected(!answers, terminateCode);
            return terminateCode;
        }
        final int result = link.end(follows && !cut);
        if (cut && result == Terminate.NONE) {
            self.noteInjected(!answers, 0);
            return Terminate.CONNECTION_LOST;
        }
        return result;
    }

    @Override
    public boolean isReady() {
        return link.isReady();
    }

    @Override
    public int maxTagged() {
        return link.maxTagged();
    }

    @Override
    public int maxUntagged() {
        return link.maxUntagged();
    }

    @Override
    public void abandon() {
        link.abandon();
    }

    @Override
    public int flush() {
        return link.flush();
    }

    @Override
    public void terminate(final int code, final MemorySegment ulpdu, final int ulpduLength) {
        link.terminate(code, ulpdu, ulpduLength);
    }

    @Override
    public int peerNumber() {
        return link.peerNumber();
    }

    @Override
    public void disconnect() {
        link.disconnect();
    }
}
