package io.rnic.emu.link;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where a thread puts FPDUs together before they leave: taken while it does what was posted to a connection, and empty
 * otherwise.
 */
final class Staging {
    /** What leaves at once, and the frame by which it becomes more. */
    private static final int BYTES = TcpOutput.MOST_AT_ONCE + (1 << 17);
    private static final Shelf<Staging> SHELF = new Shelf<>(Staging::new);

    final ByteBuffer view = ByteBuffer.allocateDirect(BYTES);
    final MemorySegment segment = MemorySegment.ofBuffer(view);
    final CRC32C crc = new CRC32C();
    final Pieces pieces = new Pieces();
    int used;

    private Staging() {
    }

    static Staging take() {
        return SHELF.take();
    }

    /**
     * Gives back what was taken. It is empty afterwards, whatever went wrong meanwhile: what it held would leave by
     * the next connection.
     */
    void giveBack() {
        used = 0;
        pieces.keep(0);
        SHELF.putBack(this);
    }
}
