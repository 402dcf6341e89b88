package io.rnic.emu.link;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.ImmediateData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.emu.wire.TerminateHeader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What one side of a connection without a wire asks for, and what it is answered, as the frames that would go over one:
 * with CRCs, without markers, cut as for TCP segments of {@link CapturedConnection#MAX_SEGMENT_LENGTH}.
 */
final class CapturedFrames {
    private static final int MULPDU = Fpdu.mulpdu(CapturedConnection.MAX_SEGMENT_LENGTH, false);
    private static final MemorySegment NOTHING = MemorySegment.NULL;
    private static final int BODY = Fpdu.ULPDU_OFFSET + DdpHeader.UNTAGGED_LENGTH;

    private final CapturedConnection connection;
    private final boolean fromClient;
    private final CRC32C calculator = new CRC32C();
    private final ByteBuffer headerView = ByteBuffer.allocate(BODY + AtomicRequestHeader.LENGTH);
    private final MemorySegment header = MemorySegment.ofBuffer(headerView);
    private final ByteBuffer trailerView = ByteBuffer.allocate(3 + Fpdu.CRC_LENGTH);
    private final MemorySegment trailer = MemorySegment.ofBuffer(trailerView);
    private final MemorySegment terminate = MemorySegment.ofArray(new byte[TerminateHeader.MAX_LENGTH]);
    private int lastUlpduLength;
    private int sendMsn;
    private int requestMsn;
    private int atomicResponseMsn;

    CapturedFrames(final CapturedConnection connection, final boolean fromClient) {
        this.connection = connection;
        this.fromClient = fromClient;
    }

    /** A Send of some pieces, of that kind; the message's number is the next. */
    void send(final int opcode, final int invalidateStag, final List<MemorySegment> pieces, final boolean whole) {
        sendMsn++;
        int messageOffset = 0;
        for (int i = 0; i < pieces.size(); i++) {
            final MemorySegment piece = pieces.get(i);
            final boolean lastPiece = whole && i == pieces.size() - 1;
            long taken = 0;
            do {
                final long length = Math.min(piece.byteSize() - taken, MULPDU - DdpHeader.UNTAGGED_LENGTH);
                DdpHeader.writeUntagged(header, Fpdu.ULPDU_OFFSET, opcode,
                    lastPiece && taken + length == piece.byteSize(), invalidateStag, sendMsn, messageOffset);
                frame(fromClient, DdpHeader.UNTAGGED_LENGTH, piece.asSlice(taken, length));
                taken += length;
                messageOffset += (int) length;
            } while (taken < piece.byteSize());
        }
    }

    /** Immediate data, which completes a receive of its own. */
    void immediate(final long value, final boolean solicited) {
        untagged(RdmapOpcode.immediate(solicited), ++sendMsn);
        ImmediateData.write(header, BODY, value);
        frame(fromClient, DdpHeader.UNTAGGED_LENGTH + ImmediateData.LENGTH, NOTHING);
    }

    /** An RDMA Write. */
    void write(final int stag, final long taggedOffset, final MemorySegment bytes) {
        tagged(fromClient, RdmapOpcode.WRITE, stag, taggedOffset, bytes);
    }

    /** The peer's answer to an RDMA Read. */
    void readResponse(final int sinkStag, final long sinkOffset, final MemorySegment bytes) {
        tagged(!fromClient, RdmapOpcode.READ_RESPONSE, sinkStag, sinkOffset, bytes);
    }

    private void tagged(final boolean byClient, final int opcode, final int stag, final long taggedOffset,
        final MemorySegment bytes) {
        long taken = 0;
        do {
            final long length = Math.min(bytes.byteSize() - taken, MULPDU - DdpHeader.TAGGED_LENGTH);
            DdpHeader.writeTagged(header, Fpdu.ULPDU_OFFSET, opcode, taken + length == bytes.byteSize(), stag,
                taggedOffset + taken);
            frame(byClient, DdpHeader.TAGGED_LENGTH, bytes.asSlice(taken, length));
            taken += length;
        } while (taken < bytes.byteSize());
    }

    /** An RDMA Read Request. */
    void readRequest(
        final int sinkStag, final long sinkOffset, final int length, final int sourceStag, final long sourceOffset) {
        untagged(RdmapOpcode.READ_REQUEST, ++requestMsn);
        ReadRequestHeader.write(header, BODY, sinkStag, sinkOffset, length, sourceStag, sourceOffset);
        frame(fromClient, DdpHeader.UNTAGGED_LENGTH + ReadRequestHeader.LENGTH, NOTHING);
    }

    /** An Atomic Request; its number is its identifier. */
    void atomicRequest(
        final int stag, final long taggedOffset, final boolean swaps, final long operand, final long comparand) {
        untagged(RdmapOpcode.ATOMIC_REQUEST, ++requestMsn);
        if (swaps) {
            AtomicRequestHeader.writeCompareSwap(header, BODY, requestMsn, stag, taggedOffset, comparand, operand);
        } else {
            AtomicRequestHeader.writeFetchAdd(header, BODY, requestMsn, stag, taggedOffset, operand);
        }
        frame(fromClient, DdpHeader.UNTAGGED_LENGTH + AtomicRequestHeader.LENGTH, NOTHING);
    }

    /** The peer's answer to the last Atomic Request. */
    void atomicResponse(final long original) {
        untagged(RdmapOpcode.ATOMIC_RESPONSE, ++atomicResponseMsn);
        AtomicResponseHeader.write(header, BODY, requestMsn, original);
        frame(!fromClient, DdpHeader.UNTAGGED_LENGTH + AtomicResponseHeader.LENGTH, NOTHING);
    }

    /** The peer's Terminate for the frame that was written last. */
    void terminate(final int terminateCode) {
        final int length = TerminateHeader.write(
            terminate, 0, terminateCode, header, Fpdu.ULPDU_OFFSET, lastUlpduLength);
        untagged(RdmapOpcode.TERMINATE, 1);
        frame(!fromClient, DdpHeader.UNTAGGED_LENGTH, terminate.asSlice(0, length));
    }

    private void untagged(final int opcode, final int msn) {
        DdpHeader.writeUntagged(header, Fpdu.ULPDU_OFFSET, opcode, true, 0, msn, 0);
    }

    /** Writes a frame: what stands in the header, then the payload. */
    private void frame(final boolean byClient, final int headerLength, final MemorySegment payload) {
        final int length = (int) payload.byteSize();
        final int ulpduLength = headerLength + length;
        Fpdu.length(header, 0, ulpduLength);
        Fpdu.writeTrailer(trailer, 0, ulpduLength, 0);
        final int pad = Fpdu.pad(ulpduLength);
        lastUlpduLength = ulpduLength;
        final boolean interrupted = InterruptStatus.isSet();
        try {
            Fpdu.crc(calculator, headerView, 0, Fpdu.ULPDU_OFFSET + headerLength);
            calculator.update(payload.asByteBuffer());
            Fpdu.update(calculator, trailerView, 0, pad);
            Fpdu.crc(trailer, pad, (int) calculator.getValue());
            connection.bytes(byClient, header.asSlice(0, Fpdu.ULPDU_OFFSET + headerLength), payload,
                trailer.asSlice(0, pad + Fpdu.CRC_LENGTH));
            MemoryFaults.settle();
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            // The memory is gone, as the NIC will find too: nothing would be sent.
            InterruptStatus.restore(interrupted);
        }
    }
}
