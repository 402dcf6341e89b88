package io.rnic.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rnic.bench.run.Heap;
import io.rnic.bench.run.Loopback;
import io.rnic.bench.run.Resident;
import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Spin;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * RDMA Writes by many connections in turn, all to and from the same memory, and no more under way than by one: so that
 * nothing but their number makes a difference.
 *
 * <pre>
 *   client   | block | words |     a message is a Write of the block, and one of the connection's own word behind it,
 *   server   | block | words |     a number that tells that the block is there
 * </pre>
 */
final class TcpConnections implements PeerTest, CompletionHandler {
    /** A block, as large as those of the bandwidths. */
    static final int BLOCK_BYTES = Kinds.SMALL_BLOCK;

    private static final int PAGE_BYTES = 4096;
    private static final int POLL_LIMIT = 64;
    /** Messages under way, of all connections: a power of two. */
    private static final int WINDOW = 32;
    private static final int REQUESTS = 2 * WINDOW;
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final Resources resources = new Resources();
    private final Duet duet;
    private final Spin spin;
    private final QueuePair[] clients;
    private final SendRequest[][] messages;
    private final MemorySegment clientMemory;
    private final MemorySegment serverMemory;
    private final CompletionQueue completions;
    private final long bytesPerEnd;
    private final int[] outstanding;
    /** Messages that were posted, and of those the ones that are known to be there. */
    private long posted;
    private long placed;

    /** Connects so many queue pairs with as many others of the device. */
    @SuppressWarnings("MustBeClosedChecker") // the resources close it
    TcpConnections(final Duet duet, final Rnic nic, final int count) {
        this.duet = duet;
        spin = duet.spin();
        clients = new QueuePair[count];
        messages = new SendRequest[count][];
        outstanding = new int[count];
        try {
            final Arena arena = resources.add(Arena.ofShared());
            final long bytes = BLOCK_BYTES + (long) count * Long.BYTES;
            clientMemory = arena.allocate(bytes, PAGE_BYTES);
            serverMemory = arena.allocate(bytes, PAGE_BYTES);
            final ProtectionDomain domain = resources.add(nic.allocateProtectionDomain());
            final MemoryRegion source = resources.add(domain.registerMemory(clientMemory));
            final MemoryRegion target =
                resources.add(domain.registerMemory(serverMemory, Access.LOCAL_WRITE, Access.REMOTE_WRITE));
            completions = resources.add(nic.createCompletionQueue(4 * WINDOW));
            final CompletionQueue others = resources.add(nic.createCompletionQueue(1));
            final long heapBefore = Heap.usedBytes();
            final long residentBefore = Resident.bytes();
            for (int i = 0; i < count; i++) {
                clients[i] = queuePair(domain, completions);
                Loopback.connect(nic, clients[i], queuePair(domain, others));
                final long word = word(i);
                messages[i] = new SendRequest[] {
                    new SendRequest().write(i, target.address(), target.rkey()).sge(source, 0, BLOCK_BYTES),
                    new SendRequest().write(i, target.address() + word, target.rkey())
                        .inline(clientMemory, word, Long.BYTES).signalled(true)};
            }
            final long grown = Math.max(Heap.usedBytes() - heapBefore, Resident.bytes() - residentBefore);
            bytesPerEnd = grown / (2L * count);
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private QueuePair queuePair(final ProtectionDomain domain, final CompletionQueue queue) {
        return resources.add(domain.createQueuePair(QueuePairOptions.of(queue).withRequests(REQUESTS, REQUESTS)));
    }

    /** What an end of a connection takes of this process's memory: of the heap, or resident, whichever is more. */
    long bytesPerEnd() {
        return bytesPerEnd;
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.alone(this::write, durationNs, slice);
    }

    private void write(final long durationNs, final Slice slice) {
        final long before = posted;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < WINDOW; i++) {
                post();
            }
            completions.poll(this, 2 * WINDOW);
        } while (System.nanoTime() - startNs < durationNs);
        awaitPlaced(posted);
        slice.record(System.nanoTime() - startNs, posted - before);
    }

    private void post() {
        awaitPlaced(posted + 1 - WINDOW);
        final int connection = connection(posted);
        int looks = 0;
        while (outstanding[connection] > REQUESTS / 2 - 1) {
            looks = poll(looks);
        }
        clientMemory.set(JAVA_LONG, word(connection), posted + 1);
        clients[connection].postSend(messages[connection], messages[connection].length);
        outstanding[connection]++;
        posted++;
    }

    /** Waits until so many messages are there. */
    private void awaitPlaced(final long count) {
        while (placed < count) {
            int looks = 0;
            while ((long) WORD.getAcquire(serverMemory, word(connection(placed))) <= placed) {
                looks = poll(looks);
            }
            placed++;
        }
    }

    private int connection(final long message) {
        return (int) (message % clients.length);
    }

    private static long word(final int connection) {
        return BLOCK_BYTES + (long) connection * Long.BYTES;
    }

    private int poll(final int looks) {
        return completions.poll(this, POLL_LIMIT) > 0 ? 0 : spin.pause(looks, "a Write of one of many");
    }

    @Override
    public void onCompletion(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw Outbox.failed(completion);
        }
        outstanding[(int) completion.wrId()]--;
    }

    @Override
    public void close() {
        resources.close();
    }
}
