package io.rnic.emu.stress;

import io.rnic.emu.engine.SharedReceives;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.SharedReceiveLayout;

/** Both halves of a shared receive queue, and the memory between. */
final class SharedRig {
    private static final int NUMBER = 9;

    final HostSharedReceives host;
    final SharedReceives nic;

    /** One of so many receives. */
    SharedRig(final int receives) {
        final SharedMemory.Block block = Rig.block((int) SharedReceiveLayout.bytes(receives, 1));
        host = new HostSharedReceives(NUMBER, block, receives, 1, 1 << 20);
        nic = new SharedReceives(NUMBER, block, receives, 1, new AsyncEvents("stress"));
    }
}
