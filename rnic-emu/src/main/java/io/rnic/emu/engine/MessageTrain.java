package io.rnic.emu.engine;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;

/**
 * The send side's way for short Sends that follow each other, to a peer that is near: a loop of its own, with nothing
 * in it that other requests need. A train ends where the next request is another one, can't go that way, or fails: that
 * one goes its way alone, as if it came first.
 *
 * <pre>
 *   posted   S S S S W S S R        S short Send, W Write, R Read
 *   trains   |-----|   |-|
 * </pre>
 *
 * <p>The own completions follow when the train has ended, in order; so it is no longer than they have room for, nor
 * than {@link SendSide#BATCH}. The caller holds the send side's lock.
 */
final class MessageTrain {
    private final SendSide sendSide;
    private final LocalMemory memory;
    private final ShortMessages messages;

    MessageTrain(final SendSide sendSide, final LocalMemory memory, final ShortMessages messages) {
        this.sendSide = sendSide;
        this.memory = memory;
        this.messages = messages;
    }

    /**
     * Delivers and completes what comes next, {@code limit} requests at most, {@value SendSide#BATCH} or fewer.
     *
     * @param control of the first request
     * @return how many; 0 if the first is to go its way alone
     */
    int deliver(final SendFlow flow, final EngineThread self, final long control, final int limit) {
        final ReceiveFlow near = flow.near;
        if (near == null || !near.carriesMessages()) {
            return 0;
        }
        // The Send whose own completion is lost is the last that is delivered, so it goes alone.
        final int room = flow.completions == near.completions ? flow.completions.room() / 2 : flow.completions.room();
        return room == 0 ? 0 : deliver(flow, near, self, control, Math.min(limit, room));
    }

    private int deliver(final SendFlow flow, final ReceiveFlow near, final EngineThread self, final long firstControl,
        final int limit) {
        final long first = flow.taken;
        int sent = 0;
        long bytes = 0;
        long signalled = 0;
        messages.begin(near);
        final boolean interrupted = InterruptStatus.isSet();
        try {
            long control = firstControl;
            int length = send(flow, near, flow.slot(first));
            while (length != 0) {
                bytes += length;
                signalled |= SendSlotLayout.isSignalled(control) ? 1L << sent : 0;
                sent++;
                length = 0;
                if (sent < limit && flow.state() == SendSide.RTS) {
                    final int slot = flow.slot(first + sent);
                    control = Words.getLong(flow.slots + slot + SendSlotLayout.CONTROL);
                    length = SendSlotLayout.isShortSend(control) ? send(flow, near, slot) : 0;
                }
            }
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted); // of the memory of the next one, which finds it so again
        } finally {
            flow.taken = first + sent;
            flow.untagged += sent;
            flow.untaggedBytes += bytes;
            messages.end(near, sent, bytes);
        }
        report(flow, self, first, signalled);
        return sent;
    }

    /** Bytes of the message, 0 if it was not delivered. */
    private int send(final SendFlow flow, final ReceiveFlow near, final int slot) {
        final int sge = SendSlotLayout.sge(slot, 0);
        final long extent = Words.getLong(flow.slots + sge + SgeLayout.EXTENT);
        final long address = Words.getLong(flow.slots + sge + SgeLayout.ADDRESS);
        final int length = SgeLayout.length(extent);
        final int lkey = SgeLayout.lkey(extent);
        final MemoryEntry entry = memory.source(flow, lkey, address, length);
        return entry != null && messages.leaveNext(
            near, entry, LocalMemory.offset(entry, lkey, address), length) ? length : 0;
    }

    /**
     * Reports those of a train that are signalled, a bit for each. A host that has changed their slots meanwhile is
     * told of another opcode and length than were sent, and nobody else.
     */
    private void report(final SendFlow flow, final EngineThread self, final long first, final long signalled) {
        for (long left = signalled; left != 0; left &= left - 1) {
            final long number = first + Long.numberOfTrailingZeros(left);
            sendSide.report(flow, self, Words.getLong(flow.slots + flow.slot(number) + SendSlotLayout.CONTROL),
                number, Terminate.NONE);
        }
    }
}
