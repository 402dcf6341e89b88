package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;

/**
 * RDMA Reads of blocks with a queue depth of 16: takes as many completions as are there and posts as many Reads again
 * in one list.
 */
final class ReadBlocks implements PeerTest {
    private static final int DEPTH = 16;

    private final Duet duet;
    private final Link link;
    private final BlockMemory memory;
    private final int bytes;
    private final Spin spin;
    private final SendRequest[] requests = new SendRequest[DEPTH];
    private final SendRequest[] again = new SendRequest[DEPTH];
    private final CompletionHandler handler = this::completed;
    private int ready;

    ReadBlocks(final Duet duet, final Rnic nic, final BlockMemory memory, final int bytes) {
        this.duet = duet;
        this.memory = memory;
        this.bytes = bytes;
        spin = duet.spin();
        // What is read is the side with the stamps, so the Reads go from the memory's client to its server.
        link = Link.openOn(nic, memory.server(), memory.client(), DEPTH);
        final Side reader = link.client();
        final long source = link.server().region().address();
        final int key = link.server().region().rkey();
        for (int place = 0; place < DEPTH; place++) {
            final long offset = (long) place * bytes;
            requests[place] = new SendRequest().read(place, source + offset, key).sge(reader.region(), offset, bytes)
                .signalled(true);
        }
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        memory.stamp(bytes, DEPTH);
        duet.alone(this::read, durationNs, slice);
        memory.verify(bytes, DEPTH);
    }

    private void read(final long durationNs, final Slice slice) {
        final long startNs = System.nanoTime();
        System.arraycopy(requests, 0, again, 0, DEPTH);
        ready = DEPTH;
        long outstanding = 0;
        long blocks = 0;
        boolean posting = true;
        int looks = 0;
        do {
            if (posting && ready > 0) {
                link.client().queuePair().postSend(again, ready);
                outstanding += ready;
            }
            ready = 0;
            final int taken = link.client().sendCompletions().poll(handler, DEPTH);
            blocks += taken;
            outstanding -= taken;
            looks = taken > 0 ? 0 : spin.pause(looks, "the completion of a Read");
            posting = System.nanoTime() - startNs < durationNs;
        } while (posting || outstanding > 0);
        slice.record(System.nanoTime() - startNs, blocks);
    }

    private void completed(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw Outbox.failed(completion);
        }
        again[ready] = requests[(int) completion.wrId()];
        ready++;
    }

    @Override
    public void close() {
        link.close();
    }
}
