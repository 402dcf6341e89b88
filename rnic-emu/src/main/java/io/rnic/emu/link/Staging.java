package io.rnic.emu.link;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where a thread puts FPDUs together before they leave: one for all connections, for it is empty whenever the thread
 * has done what was posted to one of them.
 */
final class Staging {
    /** When so much is there it leaves. */
    static final int FULL_BYTES = TcpLink.FULL_BYTES;

    private static final int BYTES = FULL_BYTES + (1 << 17);
    private static final ThreadLocal<Staging> OF_THREAD = ThreadLocal.withInitial(Staging::new);

    final ByteBuffer view = ByteBuffer.allocateDirect(BYTES);
    final MemorySegment segment = MemorySegment.ofBuffer(view);
    final CRC32C crc = new CRC32C();
    int used;

    private Staging() {
    }

    static Staging ofThread() {
        return OF_THREAD.get();
    }
}
