package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.Doorbell;

/**
 * A doorbell that does the NIC's work in the thread that rings it: who posts is the NIC, so one lock covers both. A
 * queue pair is closed for posts before it is destroyed, so who rings under the lock finds it alive.
 */
public record InvokerDoorbell(Engine engine, QueuePairContext queuePair) implements Doorbell {
    @Override
    public BiasedLock sendLock() {
        return queuePair.sendLock();
    }

    @Override
    public void expectSend() {
        engine.expectSend(queuePair);
    }

    @Override
    public boolean ringSend() {
        return engine.processLocked(queuePair);
    }

    @Override
    public void settle() {
        engine.settle();
    }

    @Override
    public void ringReceiveInError() {
        engine.flushReceives(queuePair);
    }

    @Override
    public void ringUnplaced(final int slotNumber) {
        engine.unplaced(queuePair, slotNumber);
    }
}
