package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** Takes a frame apart by the accessors alone and writes it again from what they say, over memory full of 0xa5. */
final class Recoder {
    private final CRC32C calculator = new CRC32C();

    /**
     * The frame that begins at {@code offset}, written anew. The CRC is 0 unless asked for. The pad's bytes are taken
     * over: zeros by RFC 5044 §4.1, but siw sends what it has.
     */
    MemorySegment recode(final MemorySegment segment, final long offset, final boolean crc) {
        final int ulpduLength = Fpdu.length(segment, offset);
        final MemorySegment frame = Hex.filled(Fpdu.totalLength(ulpduLength));
        Fpdu.length(frame, 0, ulpduLength);
        ulpdu(segment, offset + Fpdu.ULPDU_OFFSET, ulpduLength, frame, Fpdu.ULPDU_OFFSET);
        Fpdu.writeTrailer(frame, Fpdu.ULPDU_OFFSET + ulpduLength, ulpduLength, 0);
        final int covered = Fpdu.crcOffset(ulpduLength);
        final int padAt = covered - Fpdu.pad(ulpduLength);
        assertThat(Hex.text(frame, padAt, covered - padAt)).matches("(00){0,3}");
        MemorySegment.copy(segment, offset + padAt, frame, padAt, covered - padAt);
        if (crc) {
            Fpdu.crc(frame, covered, Fpdu.crc(calculator, frame.asByteBuffer(), 0, covered));
        }
        return frame;
    }

    static void ulpdu(final MemorySegment from, final long fromOffset, final int length, final MemorySegment to,
        final long toOffset) {
        final int opcode = DdpHeader.opcode(from, fromOffset);
        final boolean last = DdpHeader.isLast(from, fromOffset);
        final int header;
        if (DdpHeader.isTagged(from, fromOffset)) {
            header = DdpHeader.writeTagged(to, toOffset, opcode, last, DdpHeader.stag(from, fromOffset),
                DdpHeader.taggedOffset(from, fromOffset));
        } else {
            header = DdpHeader.writeUntagged(to, toOffset, opcode, last,
                RdmapOpcode.invalidates(opcode) ? DdpHeader.invalidateStag(from, fromOffset) : 0,
                DdpHeader.msn(from, fromOffset), (int) DdpHeader.messageOffset(from, fromOffset));
        }
        body(opcode, from, fromOffset + header, length - header, to, toOffset + header);
    }

    private static void body(final int opcode, final MemorySegment from, final long at, final int length,
        final MemorySegment to, final long target) {
        switch (opcode) {
            case RdmapOpcode.READ_REQUEST -> ReadRequestHeader.write(to, target, ReadRequestHeader.sinkStag(from, at),
                ReadRequestHeader.sinkTaggedOffset(from, at), (int) ReadRequestHeader.size(from, at),
                ReadRequestHeader.sourceStag(from, at), ReadRequestHeader.sourceTaggedOffset(from, at));
            case RdmapOpcode.IMMEDIATE, RdmapOpcode.IMMEDIATE_SOLICITED ->
                ImmediateData.write(to, target, ImmediateData.value(from, at));
            case RdmapOpcode.ATOMIC_REQUEST -> AtomicRequestHeader.write(to, target,
                AtomicRequestHeader.operation(from, at), AtomicRequestHeader.identifier(from, at),
                AtomicRequestHeader.stag(from, at), AtomicRequestHeader.taggedOffset(from, at),
                AtomicRequestHeader.operand(from, at), AtomicRequestHeader.operandMask(from, at),
                AtomicRequestHeader.comparand(from, at), AtomicRequestHeader.comparandMask(from, at));
            case RdmapOpcode.ATOMIC_RESPONSE -> AtomicResponseHeader.write(to, target,
                AtomicResponseHeader.identifier(from, at), AtomicResponseHeader.original(from, at));
            default -> MemorySegment.copy(from, at, to, target, length);
        }
    }
}
