package io.rnic.emu.host;

/** The bias of a thread that was not the first to take the lock. */
final class LaterBias extends Bias {
    LaterBias(final Thread owner) {
        this.owner = owner;
    }
}
