package io.rnic.kernel.broker;

import io.rnic.emu.QueuePairResource;
import io.rnic.emu.RegionResource;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PlainRequestLayout;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.ReceiveQueue;
import io.rnic.emu.queue.SendQueue;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair that the kernel keeps for a process: posts on its behalf, with bus addresses instead of virtual ones.
 */
final class BrokeredQueuePair {
    private static final int READ = Opcode.RDMA_READ.code();

    private final QueuePairResource resource;
    private final HostQueuePair host;
    private final SendQueue sends;
    private final ReceiveQueue receives;
    private final StagTable stags;
    private final BusAddresses addresses;
    private final IntFunction<@Nullable RegionResource> regions;
    /** The region that was sent from last; belongs to who adds send requests. */
    private @Nullable MemoryEntry source;
    /** For requests whose record is not plain. */
    private final SendRecord.SgeTranslator sendTranslator;
    private final ReceiveRecord.SgeTranslator receiveTranslator;

    /**
     * Keeps a queue pair.
     *
     * @param resource the queue pair, whose context is the kernel's
     * @param stags    all regions of the device
     * @param regions  finds the process's region by its STag
     */
    BrokeredQueuePair(final QueuePairResource resource, final StagTable stags,
        final IntFunction<@Nullable RegionResource> regions) {
        this.resource = resource;
        this.host = resource.host();
        sends = host.sends();
        receives = host.receives();
        this.stags = stags;
        addresses = new BusAddresses(stags, resource.domain().number());
        sendTranslator = addresses::addTo;
        receiveTranslator = addresses::addTo;
        this.regions = regions;
    }

    QueuePairResource resource() {
        return resource;
    }

    /**
     * Posts {@code count} requests from the block, so far as they are good; returns how many were, and writes why the
     * next one was not.
     */
    long postSend(final KernelStack stack, final int count) {
        PostResult result = PostResult.OK;
        int posted = 0;
        sends.begin();
        try {
            if (SendRecord.isSend(stack.in)) {
                sends.expectSend();
            }
            while (posted < count && result == PostResult.OK) {
                final long outcome = addNext(stack, count - posted);
                posted += PostLists.posted(outcome);
                result = PostLists.last(outcome);
            }
        } finally {
            sends.end();
        }
        answer(stack, result);
        return posted;
    }

    /** The result, and the state where that is why. */
    private void answer(final KernelStack stack, final PostResult result) {
        final QueuePairState state = result == PostResult.WRONG_STATE ? host.state() : QueuePairState.RESET;
        stack.out.putInt(result.code()).putInt(state.code());
    }

    /**
     * Adds what comes next, {@code most} requests at most: of Sends and Writes in plain records as many as there are,
     * of others one. For a Read nothing is done before all that precedes it is accepted.
     */
    private long addNext(final KernelStack stack, final int most) {
        final ArgumentBlock in = stack.in;
        final int records = Math.min(most, SendRecord.plainRecords(in));
        final long first = in.next();
        if (records == 0 || !SendRecord.isPlain(first)) {
            return PostLists.outcomeOfOne(addOther(stack));
        }
        if (SendRecord.opcode(first) == READ) {
            in.skip(SendRecord.PLAIN_BYTES);
            return prepareRead(first) ? sends.addPlain(first, 1)
                : PostLists.outcomeOfOne(PostResult.NO_ON_BOARD_MEMORY);
        }
        final int prepared = prepare(first, records);
        in.skip(prepared * SendRecord.PLAIN_BYTES);
        return sends.addPlain(first, prepared);
    }

    /** Makes plain records, up to the first of a Read, what the queue takes, where they lie; returns how many. */
    private int prepare(final long first, final int records) {
        long record = first;
        int prepared = 0;
        while (prepared < records && SendRecord.isPlain(record) && SendRecord.opcode(record) != READ) {
            prepare(record);
            record += SendRecord.PLAIN_BYTES;
            prepared++;
        }
        return prepared;
    }

    /** With the bus address of its piece, if the caller may use that memory. */
    private void prepare(final long record) {
        final int opcode = SendRecord.opcode(record);
        final int flags = SendRecord.flags(record);
        final long address = PlainRequestLayout.address(record);
        final long extent = PlainRequestLayout.extent(record);
        final int length = (int) extent;
        final int lkey = SgeLayout.lkey(extent);
        final long bus = translateSource(lkey, address, length);
        if (bus != 0) {
            PlainRequestLayout.write(record, opcode, flags, bus, length, SgeLayout.PRIVILEGED_KEY);
        } else {
            PlainRequestLayout.write(record, opcode, flags, address, length, BusAddresses.foreign(lkey));
        }
    }

    /** False if the NIC has no room: a Read's sink goes over the wire by its STag, so the NIC has to translate it. */
    private boolean prepareRead(final long record) {
        final long extent = PlainRequestLayout.extent(record);
        final int sink = BusAddresses.foreign(SgeLayout.lkey(extent));
        PlainRequestLayout.write(
            record, READ, SendRecord.flags(record), PlainRequestLayout.address(record), (int) extent, sink);
        return exposeSink(sink);
    }

    /** Looks first at the region that was sent from last, as the NIC does. */
    private long translateSource(final int lkey, final long address, final int length) {
        final MemoryEntry last = source;
        if (last != null && length > 0 && last.isNamed(lkey, address, length)) {
            return last.bus(address);
        }
        final MemoryEntry entry = addresses.find(lkey, MemoryEntry.LOCAL_READ, address, length);
        if (entry == null) {
            return 0;
        }
        source = entry;
        return entry.bus(address);
    }

    /** Any other request: not of one piece, with its data inline, with flags, or of another kind. */
    private PostResult addOther(final KernelStack stack) {
        try {
            SendRecord.read(stack.in, stack.send, sendTranslator);
        } catch (final RnicException e) {
            return PostResult.MALFORMED;
        }
        final boolean isRead = stack.send.opcode() == Opcode.RDMA_READ;
        if (isRead && stack.send.sges().count() == 1 && !exposeSink(stack.send.sges().lkey(0))) {
            return PostResult.NO_ON_BOARD_MEMORY;
        }
        return sends.add(stack.send);
    }

    /** As {@link #postSend}. */
    long postReceive(final KernelStack stack, final int count) {
        PostResult result = PostResult.OK;
        int posted = 0;
        receives.begin();
        try {
            while (posted < count && result == PostResult.OK) {
                result = addReceive(stack);
                posted += result == PostResult.OK ? 1 : 0;
            }
        } finally {
            receives.end();
        }
        answer(stack, result);
        return posted;
    }

    private PostResult addReceive(final KernelStack stack) {
        try {
            ReceiveRecord.read(stack.in, stack.receive, receiveTranslator);
        } catch (final RnicException e) {
            return PostResult.MALFORMED;
        }
        return receives.add(stack.receive);
    }

    /** False only if the NIC has no room for the translations; what is no region of the caller's, the NIC refuses. */
    private boolean exposeSink(final int lkey) {
        final MemoryEntry entry = stags.find(lkey);
        final RegionResource region = entry == null || entry.onBoard() ? null : regions.apply(lkey);
        try {
            if (region != null) {
                region.load();
            }
            return true;
        } catch (final RnicException e) {
            return false;
        }
    }
}
