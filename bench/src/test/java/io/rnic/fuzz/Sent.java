package io.rnic.fuzz;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What a NIC has sent, whatever came to it: whole FPDUs that are valid, and one Terminate at most, behind all else. */
final class Sent {
    private final byte[] bytes;
    private final boolean crc;
    private final boolean markers;
    private int at;
    private int terminates;

    private Sent(final byte[] bytes, final boolean crc, final boolean markers) {
        this.bytes = bytes;
        this.crc = crc;
        this.markers = markers;
    }

    /**
     * Checks it.
     *
     * @param broken whether the connection may have broken in the middle of it
     * @return how many Terminates there are
     */
    static int check(final byte[] bytes, final boolean crc, final boolean markers, final boolean broken) {
        final Sent sent = new Sent(bytes, crc, markers);
        while (sent.next(broken)) {
            Checks.that(sent.terminates <= 1, () -> "more was sent behind a Terminate");
        }
        return sent.terminates;
    }

    private boolean next(final boolean broken) {
        final int left = bytes.length - at;
        if (left == 0) {
            return false;
        }
        final MemorySegment frame = MemorySegment.ofArray(bytes).asSlice(at);
        final int leading = markers ? Markers.leading(at) : 0;
        final int plain = left < leading + Fpdu.ULPDU_OFFSET ? Integer.MAX_VALUE / 2
            : Fpdu.totalLength(Fpdu.length(frame, leading));
        final int total = markers && plain < Fpdu.MAX_LENGTH ? Markers.totalLength(at, plain) : plain;
        if (total > left) {
            Checks.that(broken, () -> "the connection ends in the middle of an FPDU, " + left + " bytes of " + total);
            return false;
        }
        Checks.that(terminates == 0, () -> "an FPDU behind a Terminate");
        Checks.that(!crc || Fpdu.isCrcGood(
            new CRC32C(), ByteBuffer.wrap(bytes), MemorySegment.ofArray(bytes), at, total), () -> "a bad CRC is sent");
        Checks.that(!markers || Markers.remove(frame, 0, plain, at), () -> "a bad marker is sent");
        final int refused = DdpHeader.check(frame, Fpdu.ULPDU_OFFSET, Fpdu.length(frame, 0));
        Checks.that(refused == TerminateCode.NONE, () -> "an invalid segment is sent: " + TerminateCode.text(refused));
        if (DdpHeader.opcode(frame, Fpdu.ULPDU_OFFSET) == RdmapOpcode.TERMINATE) {
            terminates++;
        }
        at += total;
        return true;
    }
}
