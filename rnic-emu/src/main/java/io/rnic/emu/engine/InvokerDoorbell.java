package io.rnic.emu.engine;

import io.rnic.emu.queue.Doorbell;

/** A doorbell that does the NIC's work in the thread that rings it. */
public record InvokerDoorbell(Engine engine, QueuePairContext queuePair) implements Doorbell {
    @Override
    public void ringSend() {
        engine.process(queuePair);
    }

    @Override
    public void ringReceiveInError() {
        engine.flushReceives(queuePair);
    }
}
