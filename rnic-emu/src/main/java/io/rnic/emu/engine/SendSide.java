package io.rnic.emu.engine;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes send requests in order, checks their local memory, hands the bytes to the link, completes them. */
final class SendSide {
    /** Requests that are done before the thread leaves the NIC's work for a moment, so that a grace period can end. */
    static final int BATCH = 64;

    private static final int RTS = QueuePairState.RTS.code();
    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();
    private static final int READ = Opcode.RDMA_READ.code();
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();

    private final Engine engine;
    private final LocalMemory memory;
    private final Dma dma;

    SendSide(final Engine engine, final LocalMemory memory, final Dma dma) {
        this.engine = engine;
        this.memory = memory;
        this.dma = dma;
    }

    /**
     * Does what is posted, {@value #BATCH} requests at most; the caller holds the send side's lock. The state is read
     * before the count: what was posted before a reset is not taken for something newer.
     */
    void drain(final QueuePairContext queuePair, final EngineThread self) {
        for (int done = 0; done < BATCH; done++) {
            final int state = queuePair.stateCode();
            final Link link = queuePair.link;
            if (state != ERROR && (state != RTS || link == null)) {
                return;
            }
            if (queuePair.sendTaken == queuePair.sendSeen) {
                // Acquire: pairs with the host's store release; the slots are written.
                queuePair.sendSeen = queuePair.page.getLongVolatile(DoorbellLayout.SEND_COUNT);
                if (queuePair.sendTaken == queuePair.sendSeen) {
                    return;
                }
            }
            if (state == ERROR || link == null) {
                complete(queuePair, self, Terminate.CONNECTION_LOST);
            } else {
                execute(queuePair, link, self);
            }
        }
    }

    private void execute(final QueuePairContext queuePair, final Link link, final EngineThread self) {
        final UnsafeBuffer slots = queuePair.sendSlots;
        final int slot = queuePair.sendSlot();
        final int opcode = slots.getByte(slot + SendSlotLayout.OPCODE);
        final int result;
        if (opcode == READ) {
            result = read(queuePair, link, slot);
        } else if ((slots.getByte(slot + SendSlotLayout.FLAGS) & SendSlotLayout.INLINE) != 0) {
            result = deliver(slots, link, slot, 0, queuePair.sendSegment, slot + SendSlotLayout.PAYLOAD,
                slots.getInt(slot + SendSlotLayout.MESSAGE_LENGTH), true);
        } else {
            result = gather(queuePair, self, slot) ? deliverPieces(queuePair, link, self, slot) : Terminate.LOCAL_FAULT;
        }
        complete(queuePair, self, result);
    }

    private int read(final QueuePairContext queuePair, final Link link, final int slot) {
        final UnsafeBuffer slots = queuePair.sendSlots;
        final int length = slots.getInt(slot + SendSlotLayout.MESSAGE_LENGTH);
        final int sge = SendSlotLayout.sge(slot, 0);
        // A Read of nothing has no sink, and needs no valid key (RFC 5040 §5.3).
        final long sinkAddress = length == 0 ? 0 : slots.getLong(sge + SgeLayout.ADDRESS);
        final int sinkStag = length == 0 ? 0 : slots.getInt(sge + SgeLayout.LKEY);
        if (length != 0 && memory.find(queuePair, sinkStag, LOCAL_WRITE, sinkAddress, length) == null) {
            return Terminate.LOCAL_FAULT;
        }
        return link.read(sinkStag, sinkAddress, length, slots.getInt(slot + SendSlotLayout.RKEY),
            slots.getLong(slot + SendSlotLayout.REMOTE_ADDRESS));
    }

    /** Checks all pieces before the first byte leaves: a request with a bad piece sends nothing. */
    private boolean gather(final QueuePairContext queuePair, final EngineThread self, final int slot) {
        final UnsafeBuffer slots = queuePair.sendSlots;
        final int count = slots.getByte(slot + SendSlotLayout.SGE_COUNT);
        self.pieces = 0;
        for (int i = 0; i < count; i++) {
            final int sge = SendSlotLayout.sge(slot, i);
            final int length = slots.getInt(sge + SgeLayout.LENGTH);
            if (length == 0) {
                continue;
            }
            final long address = slots.getLong(sge + SgeLayout.ADDRESS);
            final MemoryEntry entry = memory.find(queuePair, slots.getInt(sge + SgeLayout.LKEY), 0, address, length);
            if (entry == null) {
                return false;
            }
            self.addPiece(entry, address, length);
        }
        return true;
    }

    private int deliverPieces(
        final QueuePairContext queuePair, final Link link, final EngineThread self, final int slot) {
        final UnsafeBuffer slots = queuePair.sendSlots;
        if (self.pieces == 0) {
            return deliver(slots, link, slot, 0, queuePair.sendSegment, 0, 0, true);
        }
        int messageOffset = 0;
        for (int i = 0; i < self.pieces; i++) {
            final MemoryEntry entry = Objects.requireNonNull(self.entries[i]);
            final int length = self.lengths[i];
            int done = 0;
            while (done < length) {
                final long address = self.addresses[i] + done;
                final int run = entry.run(address, length - done);
                final long bus = entry.bus(address);
                final Dma.Window window = dma.window(bus);
                if (window == null) {
                    return Terminate.LOCAL_FAULT;
                }
                done += run;
                final boolean last = i == self.pieces - 1 && done == length;
                final int result =
                    deliver(slots, link, slot, messageOffset, window.segment(), window.offset(bus), run, last);
                if (result != Terminate.NONE) {
                    return result;
                }
                messageOffset += run;
            }
        }
        return Terminate.NONE;
    }

    private int deliver(final UnsafeBuffer slots, final Link link, final int slot, final int messageOffset,
        final MemorySegment source, final long sourceOffset, final int length, final boolean last) {
        if (slots.getByte(slot + SendSlotLayout.OPCODE) == SEND) {
            return link.send(source, sourceOffset, length, messageOffset, last);
        }
        return link.write(slots.getInt(slot + SendSlotLayout.RKEY),
            slots.getLong(slot + SendSlotLayout.REMOTE_ADDRESS) + messageOffset, source, sourceOffset, length);
    }

    private void complete(final QueuePairContext queuePair, final EngineThread self, final int result) {
        final UnsafeBuffer slots = queuePair.sendSlots;
        final int slot = queuePair.sendSlot();
        final int opcode = slots.getByte(slot + SendSlotLayout.OPCODE);
        final int length = slots.getInt(slot + SendSlotLayout.MESSAGE_LENGTH);
        final boolean signalled = (slots.getByte(slot + SendSlotLayout.FLAGS) & SendSlotLayout.SIGNALLED) != 0;
        final int number = (int) queuePair.sendTaken;
        queuePair.sendTaken++;
        count(queuePair.counters, opcode, length, result);
        if (result != Terminate.NONE) {
            // First both sides go to ERROR, then the completion tells of it; the rest of this queue is flushed behind
            // it.
            engine.fail(queuePair, self);
        }
        if (signalled || result != Terminate.NONE) {
            final boolean reported = queuePair.sendCompletions.push(completionOpcode(opcode), Terminate.status(result),
                length, queuePair.number, number, Terminate.vendorError(result));
            if (!reported) {
                engine.fail(queuePair, self);
            }
        }
    }

    private static void count(final Counters counters, final int opcode, final int length, final int result) {
        if (result == Terminate.CONNECTION_LOST) {
            counters.flushed++;
        } else if (result != Terminate.NONE) {
            counters.errors++;
            counters.terminates += result > 0 ? 1 : 0;
        } else if (opcode == SEND) {
            counters.sends++;
            counters.sendBytes += length;
        } else if (opcode == WRITE) {
            counters.writes++;
            counters.writeBytes += length;
        } else {
            counters.reads++;
            counters.readBytes += length;
        }
    }

    private static CompletionOpcode completionOpcode(final int opcode) {
        if (opcode == SEND) {
            return CompletionOpcode.SEND;
        }
        return opcode == WRITE ? CompletionOpcode.RDMA_WRITE : CompletionOpcode.RDMA_READ;
    }
}
