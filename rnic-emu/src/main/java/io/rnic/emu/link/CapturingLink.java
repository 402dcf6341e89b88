package io.rnic.emu.link;

import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.ReceiveSide;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.verbs.CompletionOpcode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link without a wire that is captured: what is delivered is written down as what would go over a wire, and so is its
 * answer. Used by one side, under the lock of its send queue.
 *
 * <pre>
 *   engine -- delivery --&gt; CapturingLink -- delivery --&gt; link --&gt; peer
 *                                |
 *                          CapturedFrames: requests as they are delivered, then their answers
 * </pre>
 *
 * <p>The pieces of a Send are kept until it ends, for all its segments say how. Each piece of an RDMA Write is a
 * message of its own. A Send with immediate data, for which iWARP has no message, is a Send and the data behind it.
 */
final class CapturingLink implements DirectLink {
    private final DirectLink link;
    private final CapturedConnection connection;
    private final boolean fromClient;
    private final CapturedFrames frames;
    private final ReceiveSide receiveSide;
    private final QueuePairContext self;
    /** The pieces of a Send that goes on. */
    private final List<MemorySegment> pieces = new ArrayList<>();

    CapturingLink(final DirectLink link, final CapturedConnection connection, final boolean fromClient,
        final ReceiveSide receiveSide, final QueuePairContext self) {
        this.link = link;
        this.connection = connection;
        this.fromClient = fromClient;
        this.receiveSide = receiveSide;
        this.self = self;
        frames = new CapturedFrames(connection, fromClient);
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
        pieces.add(source.asSlice(sourceOffset, length));
        if (last) {
            tell(RdmapOpcode.SEND, 0, true);
        }
        final int result = link.send(source, sourceOffset, length, messageOffset, last);
        if (result != Terminate.NONE && !last) {
            tell(RdmapOpcode.SEND, 0, false);
        }
        return answered(result);
    }

    @Override
    public int write(final int stag, final long taggedOffset, final MemorySegment source, final long sourceOffset,
        final int length) {
        frames.write(stag, taggedOffset, source.asSlice(sourceOffset, length));
        return answered(link.write(stag, taggedOffset, source, sourceOffset, length));
    }

    /** Nobody but this side learns of a Read, so it is written when its answer is there. */
    @Override
    public int read(final int sinkStag, final long sinkOffset, final int length, final int sourceStag,
        final long sourceOffset) {
        final int result = link.read(sinkStag, sinkOffset, length, sourceStag, sourceOffset);
        if (result >= Terminate.NONE) {
            frames.readRequest(sinkStag, sinkOffset, length, sourceStag, sourceOffset);
        }
        if (result == Terminate.NONE) {
            frames.readResponse(sinkStag, sinkOffset, receiveSide.placed(self, sinkStag, sinkOffset, length));
        }
        return answered(result);
    }

    @Override
    public int atomic(final int stag, final long taggedOffset, final boolean swaps, final long operand,
        final long comparand, final int sinkKey, final long sinkAddress) {
        final int result = link.atomic(stag, taggedOffset, swaps, operand, comparand, sinkKey, sinkAddress);
        if (result >= Terminate.NONE) {
            frames.atomicRequest(stag, taggedOffset, swaps, operand, comparand);
        }
        if (result == Terminate.NONE) {
            final MemorySegment original = receiveSide.placed(self, sinkKey, sinkAddress, Long.BYTES);
            if (original.byteSize() == Long.BYTES) {
                frames.atomicResponse(original.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            }
        }
        return answered(result);
    }

    /** Told with the end of the Send, or with its refusal. */
    @Override
    public int invalidate(final int stag) {
        final int result = link.invalidate(stag);
        if (result > Terminate.NONE) {
            tell(RdmapOpcode.SEND_INVALIDATE, stag, true);
        }
        return answered(result);
    }

    @Override
    public int finish(final CompletionOpcode opcode, final int length, final long carried, final long value,
        final boolean solicited) {
        if (opcode == CompletionOpcode.RECEIVE) {
            final boolean invalidates = carried == CompletionLayout.INVALIDATED;
            tell(RdmapOpcode.send(invalidates, solicited && carried != CompletionLayout.IMMEDIATE),
                invalidates ? (int) value : 0, true);
        }
        if (carried == CompletionLayout.IMMEDIATE) {
            frames.immediate(value, solicited);
        }
        return answered(link.finish(opcode, length, carried, value, solicited));
    }

    private void tell(final int opcode, final int invalidateStag, final boolean whole) {
        frames.send(opcode, invalidateStag, pieces, whole);
        pieces.clear();
    }

    private int answered(final int result) {
        if (result > Terminate.NONE) {
            frames.terminate(result);
        }
        return result;
    }

    @Override
    public @Nullable Fault refusal() {
        return link.refusal();
    }

    @Override
    public void disconnect() {
        connection.end(fromClient);
        link.disconnect();
    }
}
