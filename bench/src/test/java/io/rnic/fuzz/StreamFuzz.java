package io.rnic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.rnic.emu.link.TcpStream;
import java.util.Arrays;

/**
 * Whatever a peer sends, in whatever pieces: nothing throws; no byte changes that is not the peer's to change; at the
 * first fault the connection ends, with one Terminate, and nothing that comes behind it is placed; what leaves is
 * valid; and every request that was posted completes once.
 *
 * <pre>
 *   CRC 1, markers in 2, markers out 4, may send first 8 | bytes of a piece, 0 for all | what is posted | steps
 * </pre>
 */
class StreamFuzz {
    private static final int CRC = 1;
    private static final int MARKERS_RECEIVED = 2;
    private static final int MARKERS_SENT = 4;
    private static final int OPEN = 8;
    private static final int TIMEOUT_MS = 3_600_000;
    private static final int COUNT = 3;
    private static final int READS_SHIFT = 2;
    private static final int SEND = 0x10;
    private static final int ATOMIC = 0x20;

    @FuzzTest
    void stream(final byte[] input) {
        final Script script = new Script(input);
        final int flags = script.nextByte();
        final boolean markersReceived = (flags & MARKERS_RECEIVED) != 0;
        final var agreed = new TcpStream.Agreement(
            (flags & CRC) != 0, markersReceived, (flags & MARKERS_SENT) != 0, (flags & OPEN) != 0,
            TIMEOUT_MS);
        try (StreamRig rig = new StreamRig(agreed)) {
            final int piece = script.nextByte();
            post(rig, script.nextByte());
            final Traffic traffic = Traffic.of(script, rig.target(), markersReceived);
            final boolean faulty = deliver(rig, traffic.bytes(), piece);
            rig.end();
            rig.checkGuards();
            rig.checkCompletions();
            final int terminates = Sent.check(rig.sent(), agreed.crc(), agreed.markersSent(), false);
            Checks.that(faulty ? terminates == 1 || traffic.mayTerminate() : terminates == 0,
                () -> terminates + " Terminates; faulty: " + faulty);
        }
    }

    private static void post(final StreamRig rig, final int what) {
        for (int i = 0; i < (what & COUNT); i++) {
            rig.receive();
        }
        for (int i = 0; i < (what >>> READS_SHIFT & COUNT); i++) {
            rig.read();
        }
        if ((what & SEND) != 0) {
            rig.send();
        }
        if ((what & ATOMIC) != 0) {
            rig.atomic();
        }
    }

    /** Whether the connection ended by what came. */
    private static boolean deliver(final StreamRig rig, final byte[] bytes, final int piece) {
        final int step = piece == 0 ? Math.max(1, bytes.length) : piece;
        int at = 0;
        boolean there = true;
        while (at < bytes.length && there) {
            final int length = Math.min(step, bytes.length - at);
            there = rig.arrive(bytes, at, length);
            at += length;
        }
        if (!there && at < bytes.length) {
            final byte[] before = rig.memory();
            rig.arrive(bytes, at, bytes.length - at);
            Checks.that(Arrays.equals(before, rig.memory()), () -> "placed behind a fault");
        }
        return !there;
    }
}
