package io.rnic.fuzz;

import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.ImmediateData;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a peer sends, as a script tells it: FPDUs that are valid, with the next numbers and the right keys and CRCs,
 * but for the damage that the script asks for.
 *
 * <pre>
 *   step:  kind of message (low 4 bits), damage (high 4) | offset, 2 | length, 1 | if damaged: place, 2, value, 1
 * </pre>
 */
final class Traffic {
    /** Steps at most: what comes behind them is left out. */
    private static final int MAX_STEPS = 32;
    private static final int LONGEST = 255;
    private static final int SEND = 0;
    private static final int SEND_BEGINNING = 1;
    private static final int SEND_END = 2;
    private static final int WRITE = 3;
    private static final int WRITE_BEGINNING = 4;
    private static final int READ = 5;
    private static final int FETCH_ADD = 6;
    private static final int COMPARE_SWAP = 7;
    private static final int READ_RESPONSE = 8;
    private static final int ATOMIC_RESPONSE = 9;
    private static final int TERMINATE = 10;
    private static final int IMMEDIATE = 11;
    private static final int SEND_INVALIDATE = 12;
    private static final int LONG_SEND = 13;
    private static final int ANY_ULPDU = 14;

    private static final int CHANGED_ULPDU = 1;
    private static final int CHANGED_FRAME = 2;
    private static final int OTHER_LENGTH = 3;
    private static final int TWICE = 4;
    private static final int OTHER_ORDER = 5;
    private static final int TRUNCATED = 6;

    /**
     * What the peer knows of this side.
     *
     * @param key         of the region that it may write, read and change
     * @param address     where that begins
     * @param length      how long it is
     * @param sinkKey     of the memory that this side's Reads and atomics have for their answers
     * @param sinkAddress where the first one's begins; the next ones' follow
     * @param sinkLength  of each Read
     */
    record Target(int key, long address, int length, int sinkKey, long sinkAddress, int sinkLength) {
    }

    private final Script script;
    private final Target target;
    private final boolean markers;
    private final List<byte[]> frames = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private long position;
    private int sendMsn = 1;
    private int sendOffset;
    private int readMsn = 1;
    private int answered;
    private boolean mayTerminate;

    private Traffic(final Script script, final Target target, final boolean markers) {
        this.script = script;
        this.target = target;
        this.markers = markers;
    }

    /** The traffic of a script. */
    static Traffic of(final Script script, final Target target, final boolean markers) {
        final Traffic traffic = new Traffic(script, target, markers);
        for (int step = 0; step < MAX_STEPS && script.hasMore(); step++) {
            traffic.step();
        }
        return traffic;
    }

    /** All bytes, in order. */
    byte[] bytes() {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Whether the peer may have ended the connection by a Terminate of its own. */
    boolean mayTerminate() {
        return mayTerminate;
    }

    private void step() {
        final int what = script.nextByte();
        final int offset = script.nextShort();
        final int length = script.nextByte();
        final int damage = what >>> 4;
        final byte[] ulpdu = ulpdu(what & 0xF, offset, length);
        if (damage == 0 || damage > TRUNCATED) {
            frames.add(frame(ulpdu));
            return;
        }
        damage(ulpdu, damage, script.nextShort(), script.nextByte());
    }

    private void damage(final byte[] ulpdu, final int damage, final int place, final int value) {
        if (damage == CHANGED_ULPDU && ulpdu.length > 0) {
            ulpdu[place % ulpdu.length] ^= (byte) value;
        }
        byte[] frame = frame(ulpdu);
        switch (damage) {
            case CHANGED_FRAME -> frame[place % frame.length] ^= (byte) value;
            case OTHER_LENGTH -> {
                frame[0] ^= (byte) (place >>> Byte.SIZE);
                frame[1] ^= (byte) value;
            }
            case TRUNCATED -> frame = Arrays.copyOf(frame, place % frame.length);
            case TWICE -> frames.add(frame);
            default -> { }
        }
        frames.add(damage == OTHER_ORDER && !frames.isEmpty() ? frames.size() - 1 : frames.size(), frame);
    }

    /** The ULPDU in its FPDU, with markers where they fall if it is sent next. */
    private byte[] frame(final byte[] ulpdu) {
        final int length = Fpdu.totalLength(ulpdu.length);
        final MemorySegment plain = MemorySegment.ofArray(new byte[length]);
        Fpdu.length(plain, 0, ulpdu.length);
        MemorySegment.copy(MemorySegment.ofArray(ulpdu), 0, plain, Fpdu.ULPDU_OFFSET, ulpdu.length);
        final byte[] bytes = new byte[markers ? Markers.totalLength(position, length) : length];
        final MemorySegment frame = MemorySegment.ofArray(bytes);
        if (markers) {
            Markers.insert(plain, 0, length, frame, 0, position, position);
        } else {
            frame.copyFrom(plain);
        }
        crc.reset();
        crc.update(bytes, 0, bytes.length - Fpdu.CRC_LENGTH);
        Fpdu.crc(frame, bytes.length - Fpdu.CRC_LENGTH, (int) crc.getValue());
        position += bytes.length;
        return bytes;
    }

    private byte[] ulpdu(final int kind, final int offset, final int length) {
        return switch (kind) {
            case SEND -> send(RdmapOpcode.SEND, true, length);
            case SEND_BEGINNING -> send(RdmapOpcode.SEND, false, length);
            case SEND_END -> send(RdmapOpcode.send(false, (offset & 1) != 0), true, length);
            case WRITE, WRITE_BEGINNING ->
                tagged(RdmapOpcode.WRITE, target.key, target.address + offset, kind == WRITE, length);
            case READ -> readRequest(offset, length);
            case FETCH_ADD, COMPARE_SWAP -> atomicRequest(kind == COMPARE_SWAP, offset, length);
            case READ_RESPONSE -> readResponse(offset, length);
            case ATOMIC_RESPONSE -> atomicResponse(length);
            case TERMINATE -> terminate(offset, length);
            case IMMEDIATE -> untagged(
                RdmapOpcode.IMMEDIATE + (offset & 1), sendMsn++, 0, true, new byte[ImmediateData.LENGTH]);
            case SEND_INVALIDATE -> sendInvalidate(offset, length);
            case LONG_SEND -> send(RdmapOpcode.SEND, true, offset % (4 * LONGEST));
            default -> {
                mayTerminate = true;
                yield kind == ANY_ULPDU ? script.next(length) : new byte[0];
            }
        };
    }

    private static byte[] payload(final int length, final int first) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    private byte[] send(final int opcode, final boolean last, final int length) {
        final byte[] ulpdu = untagged(opcode, sendMsn, sendOffset, last, payload(length, sendMsn));
        sendOffset = last ? 0 : sendOffset + length;
        sendMsn += last ? 1 : 0;
        return ulpdu;
    }

    private byte[] sendInvalidate(final int offset, final int length) {
        final byte[] ulpdu = send(RdmapOpcode.SEND_INVALIDATE, true, length);
        DdpHeader.writeUntagged(MemorySegment.ofArray(ulpdu), 0, RdmapOpcode.SEND_INVALIDATE, true,
            offset == 0 ? target.key : offset, sendMsn - 1, 0);
        return ulpdu;
    }

    private byte[] readRequest(final int offset, final int length) {
        final byte[] header = new byte[ReadRequestHeader.LENGTH];
        ReadRequestHeader.write(MemorySegment.ofArray(header), 0, 1, 0, length, target.key, target.address + offset);
        return untagged(RdmapOpcode.READ_REQUEST, readMsn++, 0, true, header);
    }

    private byte[] atomicRequest(final boolean swaps, final int offset, final int value) {
        final byte[] header = new byte[AtomicRequestHeader.LENGTH];
        final MemorySegment segment = MemorySegment.ofArray(header);
        if (swaps) {
            AtomicRequestHeader.writeCompareSwap(segment, 0, readMsn, target.key, target.address + offset, 0, value);
        } else {
            AtomicRequestHeader.writeFetchAdd(segment, 0, readMsn, target.key, target.address + offset, value);
        }
        return untagged(RdmapOpcode.ATOMIC_REQUEST, readMsn++, 0, true, header);
    }

    /** The next one, whole; or the beginning of it. */
    private byte[] readResponse(final int offset, final int length) {
        final boolean whole = offset == 0;
        final int next = answered;
        answered += whole ? 1 : 0;
        return tagged(RdmapOpcode.READ_RESPONSE, target.sinkKey,
            target.sinkAddress + (long) next * target.sinkLength, whole, whole ? target.sinkLength : length);
    }

    private byte[] atomicResponse(final int value) {
        final byte[] header = new byte[AtomicResponseHeader.LENGTH];
        AtomicResponseHeader.write(MemorySegment.ofArray(header), 0, ++answered, value);
        return untagged(RdmapOpcode.ATOMIC_RESPONSE, 1, 0, true, header);
    }

    private byte[] terminate(final int code, final int length) {
        mayTerminate = true;
        final byte[] header = new byte[TerminateHeader.MAX_LENGTH];
        final int written = TerminateHeader.write(MemorySegment.ofArray(header), 0, TerminateCode.of(
            code >>> 12, code >>> 8, code));
        return untagged(RdmapOpcode.TERMINATE, 1, 0, true, Arrays.copyOf(header, Math.max(written, length % 64)));
    }

    private static byte[] untagged(
        final int opcode, final int msn, final int messageOffset, final boolean last, final byte[] payload) {
        final byte[] ulpdu = new byte[DdpHeader.UNTAGGED_LENGTH + payload.length];
        DdpHeader.writeUntagged(MemorySegment.ofArray(ulpdu), 0, opcode, last, 0, msn, messageOffset);
        System.arraycopy(payload, 0, ulpdu, DdpHeader.UNTAGGED_LENGTH, payload.length);
        return ulpdu;
    }

    private static byte[] tagged(
        final int opcode, final int stag, final long taggedOffset, final boolean last, final int length) {
        final byte[] ulpdu = new byte[DdpHeader.TAGGED_LENGTH + length];
        DdpHeader.writeTagged(MemorySegment.ofArray(ulpdu), 0, opcode, last, stag, taggedOffset);
        System.arraycopy(payload(length, opcode), 0, ulpdu, DdpHeader.TAGGED_LENGTH, length);
        return ulpdu;
    }
}
