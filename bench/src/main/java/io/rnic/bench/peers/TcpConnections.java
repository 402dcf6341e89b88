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
 * RDMA Writes by many connections in turn, all to and from the same memory, so that nothing but their number makes a
 * difference.
 *
 * <pre>
 *   client   | block | words |     block: what every Write but the last moves; the last of each connection
 *   server   | block | words |     moves its word, a number that tells when all that it wrote is there
 * </pre>
 */
final class TcpConnections implements PeerTest, CompletionHandler {
    /** A Write. */
    static final int BLOCK_BYTES = 16 * 1024;

    private static final int PAGE_BYTES = 4096;
    private static final int REQUESTS = 16;
    private static final int POLL_LIMIT = 64;
    /** Writes under way, of all connections. */
    private static final int DEPTH = 64;
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final Resources resources = new Resources();
    private final Duet duet;
    private final Spin spin;
    private final QueuePair[] clients;
    private final SendRequest[] blocks;
    private final SendRequest[] words;
    private final MemorySegment clientMemory;
    private final MemorySegment serverMemory;
    private final CompletionQueue completions;
    private final long bytesPerEnd;
    private final int[] outstanding;
    private int next;
    private int underWay;
    private long sequence;

    /** Connects so many queue pairs with as many others of the device. */
    @SuppressWarnings("MustBeClosedChecker") // the resources close it
    TcpConnections(final Duet duet, final Rnic nic, final int count) {
        this.duet = duet;
        spin = duet.spin();
        clients = new QueuePair[count];
        blocks = new SendRequest[count];
        words = new SendRequest[count];
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
            completions = resources.add(nic.createCompletionQueue(2 * DEPTH));
            final CompletionQueue others = resources.add(nic.createCompletionQueue(1));
            final long heapBefore = Heap.usedBytes();
            final long residentBefore = Resident.bytes();
            for (int i = 0; i < count; i++) {
                clients[i] = queuePair(domain, completions);
                Loopback.connect(nic, clients[i], queuePair(domain, others));
                final long word = BLOCK_BYTES + (long) i * Long.BYTES;
                blocks[i] = new SendRequest().write(i, target.address(), target.rkey()).sge(source, 0, BLOCK_BYTES)
                    .signalled(true);
                words[i] = new SendRequest().write(i, target.address() + word, target.rkey())
                    .sge(source, word, Long.BYTES).signalled(true);
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
        long written = 0;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < DEPTH; i++) {
                post(blocks[next], next);
                next = next + 1 == clients.length ? 0 : next + 1;
            }
            written += DEPTH;
        } while (System.nanoTime() - startNs < durationNs);
        awaitPlaced();
        slice.record(System.nanoTime() - startNs, written);
    }

    private void awaitPlaced() {
        sequence++;
        for (int i = 0; i < clients.length; i++) {
            clientMemory.set(JAVA_LONG, BLOCK_BYTES + (long) i * Long.BYTES, sequence);
            post(words[i], i);
        }
        int looks = 0;
        while (underWay > 0) {
            looks = poll(looks);
        }
        for (int i = 0; i < clients.length; i++) {
            looks = 0;
            while ((long) WORD.getAcquire(serverMemory, BLOCK_BYTES + (long) i * Long.BYTES) != sequence) {
                looks = poll(looks);
            }
        }
    }

    private void post(final SendRequest request, final int connection) {
        int looks = 0;
        while (underWay == DEPTH || outstanding[connection] == REQUESTS) {
            looks = poll(looks);
        }
        clients[connection].postSend(request);
        outstanding[connection]++;
        underWay++;
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
        underWay--;
    }

    @Override
    public void close() {
        resources.close();
    }
}
