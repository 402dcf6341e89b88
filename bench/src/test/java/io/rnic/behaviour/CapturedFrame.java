package io.rnic.behaviour;

import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import io.rnic.emu.wire.WireText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What a packet of a capture of loopback carries: a frame, as loopback has one in each.
 *
 * @param client the client's port
 * @param text   {@code >} from the client, {@code <} from the server; then SYN, FIN, a set-up frame, or a line for an
 *               FPDU
 */
record CapturedFrame(int client, String text) {
    private static final int SYN = 2;
    private static final int FIN = 1;
    private static final int ACK = 16;

    /** All frames of a capture; fails if a CRC is wrong. */
    static List<CapturedFrame> of(final Path capture) throws IOException {
        return of(capture, true);
    }

    /** The same; CRCs are looked at if there are any. */
    static List<CapturedFrame> of(final Path capture, final boolean crc) throws IOException {
        final ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(capture));
        final List<CapturedFrame> frames = new ArrayList<>();
        final Set<Integer> clients = new HashSet<>();
        for (int at = 24; at < file.capacity(); ) {
            final int length = file.order(ByteOrder.LITTLE_ENDIAN).getInt(at + 8);
            add(file.slice(at + 16, length).order(ByteOrder.BIG_ENDIAN), clients, crc, frames);
            at += 16 + length;
        }
        return frames;
    }

    private static void add(final ByteBuffer ip, final Set<Integer> clients, final boolean crc,
        final List<CapturedFrame> frames) {
        final int tcp = ip.get(0) >>> 4 == 4 ? 20 : 40;
        final int source = ip.getShort(tcp) & 0xFFFF;
        final int target = ip.getShort(tcp + 2) & 0xFFFF;
        final int flags = ip.get(tcp + 13);
        final int begin = tcp + (ip.get(tcp + 12) >>> 4 & 0xF) * 4;
        if ((flags & (SYN | ACK)) == SYN) {
            clients.add(source);
        }
        final boolean fromClient = clients.contains(source);
        final ByteBuffer payload = ip.slice(begin, ip.capacity() - begin);
        final String text = (flags & SYN) != 0 ? "SYN" : (flags & FIN) != 0 ? "FIN" : text(payload, crc);
        if (!text.isEmpty()) {
            frames.add(new CapturedFrame(fromClient ? source : target, (fromClient ? "> " : "< ") + text));
        }
    }

    private static String text(final ByteBuffer payload, final boolean crc) {
        final int length = payload.capacity();
        if (length == 0) {
            return "";
        }
        final MemorySegment frame = MemorySegment.ofBuffer(payload);
        for (final boolean reply : new boolean[] {false, true}) {
            if (SetUpFrame.parse(frame, 0, length, reply) instanceof SetUpResult.Parsed(SetUp setUp, int bytes)
                && bytes == length) {
                return setUp.toString();
            }
        }
        if (length != Fpdu.totalLength(Fpdu.length(frame, 0))
            || (crc && !Fpdu.isCrcGood(new CRC32C(), payload, frame, 0, length))) {
            throw new AssertionError("no whole frame with a good CRC: " + WireText.fpdu(frame, 0, length));
        }
        return WireText.ulpdu(frame, Fpdu.ULPDU_OFFSET, Fpdu.length(frame, 0));
    }
}
