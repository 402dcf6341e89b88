package io.rnic.emu.link;

import io.rnic.emu.engine.DirectLink;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.ReceiveFlow;
import io.rnic.emu.engine.ReceiveSide;
import io.rnic.verbs.CompletionOpcode;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Joins a queue pair to another of the same device. */
public final class LoopbackLink implements DirectLink {
    private final Engine engine;
    private final ReceiveSide receiveSide;
    private final QueuePairContext self;
    private final QueuePairContext peer;
    private final ReceiveFlow target;

    private LoopbackLink(final Engine engine, final QueuePairContext self, final QueuePairContext peer) {
        this.engine = engine;
        this.receiveSide = engine.receiveSide();
        this.self = self;
        this.peer = peer;
        target = peer.receiveFlow();
    }

    /**
     * Connects two queue pairs with each other; both are in INIT.
     *
     * @param captured where it is written down what goes over the link, null if it is not
     */
    public static void connect(final Engine engine, final FaultPlan faults, final @Nullable CapturedConnection captured,
        final QueuePairContext client, final QueuePairContext server) {
        final DirectLink fromServer = faults.around(new LoopbackLink(engine, server, client), server);
        final DirectLink fromClient = faults.around(new LoopbackLink(engine, client, server), client);
        if (captured == null) {
            server.connect(fromServer);
            client.connect(fromClient);
        } else {
            server.connect(new CapturingLink(fromServer, captured, false, engine.receiveSide(), server));
            client.connect(new CapturingLink(fromClient, captured, true, engine.receiveSide(), client));
        }
    }

    @Override
    public int peerNumber() {
        return peer.number();
    }

    @Override
    public ReceiveFlow near() {
        return target;
    }

    @Override
    public void expectSend() {
        receiveSide.expectSend(target);
    }

    @Override
    public int send(final MemorySegment source, final long sourceOffset, final int length, final int messageOffset,
        final boolean last) {
        return receiveSide.send(target, source, sourceOffset, length, messageOffset, last);
    }

    @Override
    public int write(final int stag, final long taggedOffset, final MemorySegment source, final long sourceOffset,
        final int length) {
        return receiveSide.write(target, stag, taggedOffset, source, sourceOffset, length);
    }

    @Override
    public int read(final int sinkStag, final long sinkOffset, final int length, final int sourceStag,
        final long sourceOffset) {
        return receiveSide.readRequest(peer, sourceStag, sourceOffset, length, self, sinkStag, sinkOffset);
    }

    @Override
    public @Nullable Fault refusal() {
        return peer.fault();
    }

    @Override
    public int atomic(final int stag, final long taggedOffset, final boolean swaps, final long operand,
        final long comparand, final int sinkKey, final long sinkAddress) {
        return receiveSide.atomicRequest(
            peer, stag, taggedOffset, swaps, operand, comparand, self, sinkKey, sinkAddress);
    }

    @Override
    public int invalidate(final int stag) {
        return receiveSide.invalidate(peer, stag);
    }

    @Override
    public int finish(final CompletionOpcode opcode, final int length, final long carried, final long value,
        final boolean solicited) {
        return receiveSide.finish(peer, opcode, length, carried, value, solicited);
    }

    @Override
    public void disconnect() {
        engine.peerDisconnected(peer, self);
    }
}
