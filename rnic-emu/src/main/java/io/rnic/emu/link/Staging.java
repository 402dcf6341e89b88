package io.rnic.emu.link;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where a thread puts FPDUs together before they leave: taken while it does what was posted to a connection, and empty
 * otherwise.
 */
final class Staging {
    /** When so much is there it leaves. */
    static final int FULL_BYTES = TcpLink.FULL_BYTES;

    private static final int BYTES = FULL_BYTES + (1 << 17);
    private static final Shelf<Staging> SHELF = new Shelf<>(Staging::new);

    final ByteBuffer view = ByteBuffer.allocateDirect(BYTES);
    final MemorySegment segment = MemorySegment.ofBuffer(view);
    final CRC32C crc = new CRC32C();
    int used;

    private Staging() {
    }

    static Staging take() {
        return SHELF.take();
    }

    /** Gives back what was taken, and is empty. */
    void giveBack() {
        SHELF.putBack(this);
    }
}
