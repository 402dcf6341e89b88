package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;

/** Says nothing to anybody: what is posted waits until a test lets the NIC work. */
public record UnheardDoorbell(BiasedLock sendLock) implements Doorbell {
    /** One with a lock of its own. */
    public UnheardDoorbell() {
        this(new BiasedLock());
    }

    @Override
    public boolean ringSend() {
        return false;
    }

    @Override
    public void settle() {
    }

    @Override
    public void ringReceiveInError() {
    }
}
