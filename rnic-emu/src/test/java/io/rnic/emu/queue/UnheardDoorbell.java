package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import org.jspecify.annotations.Nullable;

/** Says nothing to anybody: what is posted waits until a test lets the NIC work. */
public record UnheardDoorbell() implements Doorbell {
    @Override
    public @Nullable BiasedLock sendLock() {
        return null;
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
