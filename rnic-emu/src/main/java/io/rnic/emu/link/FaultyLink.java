package io.rnic.emu.link;

import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.Terminate;
import io.rnic.verbs.CompletionOpcode;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A link that fails when it is asked to; used by one side, under the lock of its send queue.
 *
 * <pre>
 *   engine -- delivery --&gt; FaultyLink -- so far as no fault is due --&gt; link -- &gt; peer
 * </pre>
 */
final class FaultyLink implements DirectLink {
    private final DirectLink link;
    private final QueuePairContext self;
    private final Moment.Watch terminates;
    private final int terminateCode;
    private long bytesLeft;

    FaultyLink(final DirectLink link, final QueuePairContext self, final Moment.Watch terminates,
        final int terminateCode, final long dropBytes) {
        this.link = link;
        this.self = self;
        this.terminates = terminates;
        this.terminateCode = terminateCode;
        bytesLeft = dropBytes;
    }

    @Override
    public int peerNumber() {
        return link.peerNumber();
    }

    @Override
    public void expectSend() {
        link.expectSend();
    }

    @Override
    public int send(final MemorySegment source, final long sourceOffset, final int length, final int messageOffset,
        final boolean last) {
        final int allowed = pass(length);
        if (allowed == length) {
            return link.send(source, sourceOffset, length, messageOffset, last);
        }
        return allowed <= 0 ? fault(allowed)
            : dropped(link.send(source, sourceOffset, allowed, messageOffset, false));
    }

    @Override
    public int write(final int stag, final long taggedOffset, final MemorySegment source, final long sourceOffset,
        final int length) {
        final int allowed = pass(length);
        if (allowed == length) {
            return link.write(stag, taggedOffset, source, sourceOffset, length);
        }
        return allowed <= 0 ? fault(allowed)
            : dropped(link.write(stag, taggedOffset, source, sourceOffset, allowed));
    }

    @Override
    public int read(final int sinkStag, final long sinkOffset, final int length, final int sourceStag,
        final long sourceOffset) {
        final int allowed = pass(length);
        if (allowed == length) {
            return link.read(sinkStag, sinkOffset, length, sourceStag, sourceOffset);
        }
        return allowed <= 0 ? fault(allowed)
            : dropped(link.read(sinkStag, sinkOffset, allowed, sourceStag, sourceOffset));
    }

    /** An atomic is done or not, but not in part. */
    @Override
    public int atomic(final int stag, final long taggedOffset, final boolean swaps, final long operand,
        final long comparand, final int sinkKey, final long sinkAddress) {
        final int allowed = pass(Long.BYTES);
        return allowed == Long.BYTES
            ? link.atomic(stag, taggedOffset, swaps, operand, comparand, sinkKey, sinkAddress)
            : fault(Math.min(allowed, 0));
    }

    /** The rest of a message whose bytes have passed. */
    @Override
    public int invalidate(final int stag) {
        return link.invalidate(stag);
    }

    /** The end of a message whose bytes have passed. */
    @Override
    public int finish(final CompletionOpcode opcode, final int length, final long carried, final long value,
        final boolean solicited) {
        return link.finish(opcode, length, carried, value, solicited);
    }

    /** How many of the bytes may pass; below 0 if they are answered by a Terminate instead. */
    private int pass(final int length) {
        if (terminates.pass()) {
            return -1;
        }
        final int allowed = (int) Math.min(length, bytesLeft);
        bytesLeft -= allowed;
        return allowed;
    }

    private int fault(final int allowed) {
        self.noteInjected(true, allowed < 0 ? terminateCode : 0);
        return allowed < 0 ? terminateCode : Terminate.CONNECTION_LOST;
    }

    private int dropped(final int result) {
        return result == Terminate.NONE ? fault(0) : result;
    }

    @Override
    public @Nullable Fault refusal() {
        return link.refusal();
    }

    @Override
    public void disconnect() {
        link.disconnect();
    }
}
