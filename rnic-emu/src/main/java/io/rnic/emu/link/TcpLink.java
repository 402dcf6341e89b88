package io.rnic.emu.link;

import io.rnic.emu.engine.StreamLink;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Sends segments of DDP as FPDUs (RFC 5044) by TCP.
 *
 * <pre>
 *   Staging   | frames, header | trailer, header | trailer, frame |     short payload, or CRC or markers: copied
 *   region                     ^ long payload    ^ long payload         gathered
 * </pre>
 *
 * <p>What is in Staging alone leaves when it is full, or at flush. The bytes of a region leave at the latest with the
 * last that follows before the application is told of something, for it may change them then: so a message and the word
 * that tells of it, posted together, are one write.
 */
final class TcpLink implements StreamLink {
    /** From here on a copy costs more than a gathered write. */
    private static final int GATHER_BYTES = 1 << 13;
    /** With fewer left a frame may not fit: what stands before it, its pieces of memory, what stands behind. */
    private static final int PIECES_OF_A_FRAME = 20;

    private final TcpOutput output;
    private final Runnable later;
    private final Runnable asking;
    private final Runnable disconnect;
    private final int mulpdu;
    private final boolean crc;
    private final boolean markers;
    /** Whether the peer has sent something, or need not (RFC 5044 §7.1.2). */
    private volatile boolean open;
    /** Whether the last that is sent was sent: under the lock of the output. */
    private boolean terminated;

    private @Nullable Staging staging;
    private int frameAt;
    private int payloadAt;
    private int payloadLength;
    private int filled;
    private boolean gathers;
    private int gathered;
    /** Where in Staging the next piece begins. */
    private int runAt;
    /** Where the first frame begins whose payload is gathered, and what was there before the frame under way. */
    private int firstAt;
    private int piecesBefore;
    private int runBefore;
    /** Where the next byte stands in the half-stream, if there are markers. */
    private long position;

    /**
     * A link.
     *
     * @param output     where its bytes go
     * @param mulpdu     the longest ULPDU
     * @param crc        whether CRCs are used
     * @param markers    whether the peer requires markers
     * @param open       whether it may send before something came
     * @param later      has its queue pair worked on soon, in a thread that holds no lock
     * @param asking     called when the peer is about to owe an answer
     * @param disconnect ends the connection, in any thread
     */
    TcpLink(final TcpOutput output, final int mulpdu, final boolean crc, final boolean markers, final boolean open,
        final Runnable later, final Runnable asking, final Runnable disconnect) {
        this.output = output;
        this.mulpdu = mulpdu;
        this.crc = crc;
        this.markers = markers;
        this.open = open;
        this.later = later;
        this.asking = asking;
        this.disconnect = disconnect;
    }

    @Override
    public int peerNumber() {
        return 0; // iWARP does not tell
    }

    /** Whether the peer has sent something, or need not. */
    boolean isOpen() {
        return open;
    }

    /** The peer has sent something: true the first time. */
    boolean openUp() {
        final boolean opens = !open;
        if (opens) {
            open = true;
        }
        return opens;
    }

    @Override
    public boolean isReady() {
        return open && output.hasRoom();
    }

    @Override
    public void later() {
        later.run();
    }

    @Override
    public int maxTagged() {
        return mulpdu - DdpHeader.TAGGED_LENGTH;
    }

    @Override
    public int maxUntagged() {
        return mulpdu - DdpHeader.UNTAGGED_LENGTH;
    }

    @Override
    public void tagged(
        final int opcode, final int stag, final long taggedOffset, final int length, final boolean last) {
        final Staging to = begin(DdpHeader.TAGGED_LENGTH, length);
        DdpHeader.writeTagged(to.segment, frameAt + Fpdu.ULPDU_OFFSET, opcode, last, stag, taggedOffset);
    }

    @Override
    public void untagged(final int opcode, final int stag, final int msn, final int messageOffset, final int length,
        final boolean last) {
        final Staging to = begin(DdpHeader.UNTAGGED_LENGTH, length);
        DdpHeader.writeUntagged(
            to.segment, frameAt + Fpdu.ULPDU_OFFSET, opcode, last, stag, msn, messageOffset);
        if (RdmapOpcode.isAnswered(opcode)) {
            asking.run();
        }
    }

    private Staging begin(final int headerLength, final int length) {
        Staging to = staging;
        if (to == null) {
            to = Staging.take();
            staging = to;
        }
        frameAt = to.used;
        payloadAt = frameAt + Fpdu.ULPDU_OFFSET + headerLength;
        payloadLength = length;
        filled = 0;
        gathers = length >= GATHER_BYTES && !crc && !markers && output.isDirect();
        piecesBefore = to.pieces.count();
        runBefore = runAt;
        if (gathers) {
            if (piecesBefore == 0) {
                firstAt = frameAt;
            }
            to.pieces.add(to.segment, runAt, payloadAt - runAt);
            runAt = payloadAt;
        }
        Fpdu.length(to.segment, frameAt, headerLength + length);
        return to;
    }

    @Override
    public int payload(final MemorySegment source, final long sourceOffset, final int length) {
        final Staging to = Objects.requireNonNull(staging);
        if (gathers) {
            to.pieces.add(source, sourceOffset, length);
            return source.scope().isAlive() ? Terminate.NONE : Terminate.LOCAL_FAULT;
        }
        final boolean interrupted = InterruptStatus.isSet();
        try {
            MemorySegment.copy(source, sourceOffset, to.segment, payloadAt + filled, length);
            MemoryFaults.settle();
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return Terminate.LOCAL_FAULT; // as for Dma.copy
        }
        filled += length;
        return Terminate.NONE;
    }

    @Override
    public int end(final boolean follows) {
        final Staging from = Objects.requireNonNull(staging);
        final int ulpduLength = payloadAt - frameAt - Fpdu.ULPDU_OFFSET + payloadLength;
        if (gathers) {
            Fpdu.writeTrailer(from.segment, payloadAt, ulpduLength, 0);
            from.used = payloadAt + Fpdu.pad(ulpduLength) + Fpdu.CRC_LENGTH;
            gathered += payloadLength;
            return !follows || gathered >= output.atOnce() || from.pieces.count() > Pieces.MAX - PIECES_OF_A_FRAME
                ? leave(from) : Terminate.NONE;
        }
        Fpdu.writeTrailer(from.segment, payloadAt + payloadLength, ulpduLength, 0);
        final int length = Fpdu.totalLength(ulpduLength);
        if (markers) {
            return sendMarked(from, length);
        }
        if (crc) {
            Fpdu.crc(from.segment, frameAt + length - Fpdu.CRC_LENGTH,
                Fpdu.crc(from.crc, from.view, frameAt, length - Fpdu.CRC_LENGTH));
        }
        from.used = frameAt + length;
        return from.used >= output.atOnce() || (!follows && from.pieces.count() > 0) ? leave(from) : Terminate.NONE;
    }

    /** Where markers fall is known when a frame leaves: they stand at fixed places of the stream. */
    private int sendMarked(final Staging from, final int length) {
        final int at = frameAt + length;
        synchronized (output) {
            final int marked = Markers.insert(from.segment, frameAt, length, from.segment, at, position, position);
            position += marked;
            if (crc) {
                Fpdu.crc(from.segment, at + marked - Fpdu.CRC_LENGTH,
                    Fpdu.crc(from.crc, from.view, at, marked - Fpdu.CRC_LENGTH));
            }
            return output.write(from.segment.asSlice(at), marked);
        }
    }

    private int leave(final Staging from) {
        final int length = from.used;
        from.used = 0;
        if (from.pieces.count() == 0) {
            return output.write(from.segment, length);
        }
        from.pieces.add(from.segment, runAt, length - runAt);
        final int result = output.write(from.pieces);
        if (result == Terminate.LOCAL_FAULT) {
            from.used = firstAt; // what stands before the first whose bytes may be gone leaves alone
        }
        from.pieces.keep(0);
        gathered = 0;
        runAt = 0;
        return result;
    }

    /** The next segment begins where this one began. */
    @Override
    public void abandon() {
        Objects.requireNonNull(staging).pieces.keep(piecesBefore);
        runAt = runBefore;
    }

    @Override
    public int flush() {
        final Staging from = staging;
        int result = Terminate.NONE;
        if (from != null) {
            staging = null;
            while (from.used > 0) { // again where memory is gone: what stands before it
                final int left = leave(from);
                result = result == Terminate.NONE ? left : result;
            }
            from.giveBack();
        }
        return result;
    }

    @Override
    public void terminate(final int code, final MemorySegment ulpdu, final int ulpduLength) {
        final int headers = Fpdu.ULPDU_OFFSET + DdpHeader.UNTAGGED_LENGTH;
        final int room = 2 * Fpdu.totalLength(DdpHeader.UNTAGGED_LENGTH + TerminateHeader.MAX_LENGTH) + Markers.LENGTH;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment frame = arena.allocate(room);
            DdpHeader.writeUntagged(frame, Fpdu.ULPDU_OFFSET, RdmapOpcode.TERMINATE, true, 0, 1, 0);
            final int length = ulpduLength == 0 ? TerminateHeader.write(frame, headers, code)
                : TerminateHeader.write(frame, headers, code, ulpdu, 0, ulpduLength);
            final int ulpduBytes = DdpHeader.UNTAGGED_LENGTH + length;
            Fpdu.length(frame, 0, ulpduBytes);
            Fpdu.writeTrailer(frame, (long) headers + length, ulpduBytes, 0);
            sendLast(frame, Fpdu.totalLength(ulpduBytes));
        }
    }

    private void sendLast(final MemorySegment frame, final int length) {
        synchronized (output) {
            if (terminated) {
                return;
            }
            terminated = true;
            final int at = markers ? length : 0;
            final int marked = markers
                ? Markers.insert(frame, 0, length, frame, at, position, position) : length;
            if (crc) {
                Fpdu.crc(frame, at + marked - Fpdu.CRC_LENGTH,
                    Fpdu.crc(new CRC32C(), frame.asByteBuffer(), at, marked - Fpdu.CRC_LENGTH));
            }
            output.write(frame.asSlice(at), marked);
            output.finish();
        }
    }

    @Override
    public void disconnect() {
        disconnect.run();
    }
}
