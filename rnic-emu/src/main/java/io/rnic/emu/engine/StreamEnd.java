package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ended for a request of this side: a Terminate came, or the answer to a Read could not be placed.
 *
 * @param result     the Terminate, or {@link Terminate#LOCAL_FAULT}
 * @param ofRead     whether it is about a Read or an atomic
 * @param operation  what is told of the request, null for nothing; then the rest is 0
 * @param stag       the STag that was asked for
 * @param access     what was needed
 * @param address    the first byte
 * @param length     how many
 * @param msn        the message's number if it is a Send's, else 0
 * @param ofAnswer   whether it is about this side's answer to the peer's Read or atomic, no request of its own; then
 *                   the STag is the peer's place for it
 */
record StreamEnd(int result, boolean ofRead, @Nullable CompletionOpcode operation, int stag, int access, long address,
        long length, int msn, boolean ofAnswer) {

    /** Of anything but an answer. */
    private StreamEnd(final int result, final boolean ofRead, final @Nullable CompletionOpcode operation,
        final int stag, final int access, final long address, final long length, final int msn) {
        this(result, ofRead, operation, stag, access, address, length, msn, false);
    }

    /** Nothing is told of what was asked. */
    private static StreamEnd untold(final int code, final boolean ofRead) {
        return new StreamEnd(code, ofRead, null, 0, 0, 0, 0, 0);
    }

    /** The place for an answer is gone. */
    static StreamEnd ofSink(final int sinkKey, final long address, final int length) {
        return new StreamEnd(Terminate.LOCAL_FAULT, true, CompletionOpcode.RDMA_READ, sinkKey,
            Access.LOCAL_WRITE.bit(), address, length, 0);
    }

    /**
     * What a Terminate tells.
     *
     * @param offset where it stands behind its DDP header
     * @param limit  how far there are bytes
     */
    static StreamEnd ofTerminate(final MemorySegment bytes, final int offset, final int limit) {
        final int code = TerminateHeader.terminateCode(bytes, offset);
        final int headers = TerminateHeader.headers(bytes, offset, limit - offset);
        if ((headers & TerminateHeader.DDP_HEADER) == 0) {
            return untold(code, Terminate.isOfRdmap(code));
        }
        final int ddp = offset + TerminateHeader.DDP_HEADER_OFFSET;
        final int opcode = DdpHeader.opcode(bytes, ddp);
        final int segmentLength = TerminateHeader.segmentLength(bytes, offset);
        if (opcode == RdmapOpcode.ATOMIC_RESPONSE) {
            return new StreamEnd(code, false, null, 0, 0, 0, 0, 0, true);
        }
        if ((headers & TerminateHeader.READ_REQUEST) != 0) {
            final int read = offset + TerminateHeader.readRequestOffset(bytes, offset);
            return new StreamEnd(code, true, CompletionOpcode.RDMA_READ, ReadRequestHeader.sourceStag(bytes, read),
                Access.REMOTE_READ.bit(), ReadRequestHeader.sourceTaggedOffset(bytes, read),
                ReadRequestHeader.size(bytes, read), 0);
        }
        if (DdpHeader.isTagged(bytes, ddp)) {
            final boolean ofAnswer = opcode == RdmapOpcode.READ_RESPONSE;
            return new StreamEnd(code, false, ofAnswer ? null : CompletionOpcode.RDMA_WRITE, DdpHeader.stag(bytes, ddp),
                (ofAnswer ? Access.LOCAL_WRITE : Access.REMOTE_WRITE).bit(), DdpHeader.taggedOffset(bytes, ddp),
                Math.max(0, segmentLength - DdpHeader.TAGGED_LENGTH), 0, ofAnswer);
        }
        return RdmapOpcode.isSend(opcode) || RdmapOpcode.isImmediate(opcode)
            ? ofSend(code, DdpHeader.msn(bytes, ddp), Math.max(0, segmentLength - DdpHeader.UNTAGGED_LENGTH),
                RdmapOpcode.invalidates(opcode) ? DdpHeader.invalidateStag(bytes, ddp) : 0)
            : untold(code, RdmapOpcode.isAnswered(opcode));
    }

    private static StreamEnd ofSend(final int code, final int msn, final int length, final int invalidated) {
        return code == TerminateCode.INVALIDATION_DENIED || code == TerminateCode.NOT_INVALIDATED
            ? new StreamEnd(code, false, CompletionOpcode.SEND, invalidated, ReceiveFaults.REMOTE, 0, 0, msn)
            : new StreamEnd(code, false, CompletionOpcode.SEND, 0, 0, 0, length, msn);
    }

    /** Whether it tells which request of this side the peer refused. */
    boolean isOfRequest() {
        return operation != null && result != Terminate.LOCAL_FAULT;
    }

    /** The fault, for the request that it falls on. */
    Fault fault(final LocalMemory memory, final QueuePairContext queuePair, final long number,
        final @Nullable CompletionOpcode requested) {
        final CompletionOpcode told = number == Fault.NO_SLOT || requested == null ? operation : requested;
        if (result != Terminate.LOCAL_FAULT && operation == null && isAtomic(told)) {
            final int slot = queuePair.send.slot(number);
            return new Fault(check(), true, told, number,
                Words.getInt(queuePair.send.slots + slot + SendSlotLayout.RKEY),
                Access.REMOTE_ATOMIC.bit(), Words.getLong(queuePair.send.slots + slot + SendSlotLayout.REMOTE_ADDRESS),
                Long.BYTES, null, result);
        }
        if (result != Terminate.LOCAL_FAULT) {
            return new Fault(told == null && !ofAnswer ? Check.TERMINATE : check(), true, told, number, stag, access,
                address, length, null, result);
        }
        final Fault found = memory.explain(queuePair, told == null ? CompletionOpcode.RDMA_READ : told, number, stag,
            access, address, (int) length, true);
        return found != null ? found : new Fault(
            Check.MEMORY, false, told, number, stag, access & ~MemoryEntry.LOCAL_READ, address, length, null, 0);
    }

    /** A Terminate has no room for an atomic's header (RFC 7306 §9): what was asked stands in the request's slot. */
    private static boolean isAtomic(final @Nullable CompletionOpcode asked) {
        return asked == CompletionOpcode.ATOMIC_COMPARE_AND_SWAP || asked == CompletionOpcode.ATOMIC_FETCH_AND_ADD;
    }

    /** What the peer checked of a request, as far as its Terminate says it. */
    private Check check() {
        return ofAnswer ? Check.ANSWER : switch (result & 0xFFFF) {
            case 0x0100, 0x1100 -> Check.STAG;
            case 0x0101, 0x1101 -> Check.BOUNDS;
            case 0x0102 -> Check.ACCESS;
            case 0x0103, 0x1102 -> Check.DOMAIN;
            case 0x0104, 0x1103 -> Check.WRAP;
            case 0x1202 -> Check.NO_RECEIVE;
            case 0x1205 -> Check.RECEIVE_LENGTH;
            default -> Check.TERMINATE;
        };
    }
}
