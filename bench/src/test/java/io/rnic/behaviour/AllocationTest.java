package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Posting and polling allocate nothing, in the application's thread and in the NIC's. Over TCP, where an operation
 * takes far longer, a few say it for all.
 */
class AllocationTest {
    private static final int WARM_UP = 15_000;
    private static final int COUNTED = 10_000;
    private static final int OVER_TCP = 5_000;
    private static final int TIMES = 3;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Counter counter = new Counter();
    private Side client;
    private Side server;

    /** Counts completions and failures; made once, so that polling with it allocates nothing. */
    private static final class Counter implements CompletionHandler {
        private long completions;
        private long failures;

        @Override
        public void onCompletion(final Completion completion) {
            completions++;
            if (completion.status() != CompletionStatus.SUCCESS) {
                failures++;
            }
        }
    }

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    private void awaitOne(final CompletionQueue queue) {
        while (queue.poll(counter, 8) == 0) {
            Thread.onSpinWait();
        }
    }

    /** This thread and the NIC's own. */
    private long[] threads() {
        return Stream.concat(Stream.of(Thread.currentThread()), Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("rnic "))).mapToLong(Thread::threadId).toArray();
    }

    /** Bytes that these threads have allocated so far. */
    private long allocated(final long[] ids) {
        long bytes = 0;
        for (final long one : threads.getThreadAllocatedBytes(ids)) {
            bytes += Math.max(0, one); // a thread that has ended has none
        }
        return bytes;
    }

    private void expectNoAllocation(final Runnable operation) {
        expectNoAllocation(WARM_UP, COUNTED, operation);
    }

    private void expectNoAllocation(final int warmUp, final int counted, final Runnable operation) {
        for (int i = 0; i < warmUp; i++) {
            operation.run();
        }
        // What is allocated for every operation is so each time; that threads got in each other's way is not.
        long bytes = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            bytes = Math.min(bytes, bytesOf(counted, operation));
        }
        assertThat(counter.failures).isZero();
        assertThat(counter.completions).isGreaterThanOrEqualTo(warmUp + counted);
        // An object is 16 bytes at least: not even one operation in sixteen may make one.
        assertThat(bytes / counted).as("%d bytes in %d operations", bytes, counted).isZero();
    }

    private long bytesOf(final int counted, final Runnable operation) {
        final long[] ids = threads();
        final long cost = -allocated(ids) + allocated(ids);
        final long before = allocated(ids);
        for (int i = 0; i < counted; i++) {
            operation.run();
        }
        return allocated(ids) - before - cost;
    }

    @OverLoopback
    void shouldSendAndReceiveWithoutAllocating() {
        final SendRequest send = new SendRequest();
        final ReceiveRequest receive = new ReceiveRequest();
        expectNoAllocation(() -> {
            server.queuePair().postReceive(receive.receive(1).sge(server.region(), 0, 64));
            client.queuePair().postSend(send.send(2).sge(client.region(), 0, 64).signalled(true));
            awaitOne(server.receives());
            awaitOne(client.sends());
        });
    }

    @OverLoopback
    void shouldWriteAndReadWithoutAllocating() {
        final SendRequest request = new SendRequest();
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        expectNoAllocation(() -> {
            client.queuePair().postSend(request.write(1, address, rkey).sge(client.region(), 0, 512).signalled(true));
            awaitOne(client.sends());
            client.queuePair().postSend(request.read(2, address, rkey).sge(client.region(), 0, 512).signalled(true));
            awaitOne(client.sends());
        });
    }

    @OverLoopback
    void shouldPostInlineDataAndListsWithoutAllocating() {
        final SendRequest[] list = {new SendRequest(), new SendRequest(), new SendRequest()};
        final MemorySegment data = MemorySegment.ofArray(new byte[64]);
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        expectNoAllocation(() -> {
            list[0].write(1, address, rkey).inline(data, 0, 64);
            list[1].write(2, address, rkey).sge(client.region(), 0, 8).sge(client.region(), 8, 8);
            list[2].write(3, address, rkey).sge(client.region(), 0, 8).signalled(true);
            client.queuePair().postSend(list, list.length);
            awaitOne(client.sends());
        });
    }

    @OverLoopback
    void shouldDoAtomicsWithoutAllocating() {
        final SendRequest request = new SendRequest();
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        expectNoAllocation(() -> {
            client.queuePair().postSend(
                request.fetchAndAdd(1, address, rkey, 1).sge(client.region(), 0, 8).signalled(true));
            awaitOne(client.sends());
            client.queuePair().postSend(
                request.compareAndSwap(2, address, rkey, 1, 2).sge(client.region(), 8, 8).signalled(true));
            awaitOne(client.sends());
        });
    }

    @OverLoopback
    void shouldBringImmediateDataWithoutAllocating() {
        final SendRequest request = new SendRequest();
        final ReceiveRequest receive = new ReceiveRequest();
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        expectNoAllocation(() -> {
            server.queuePair().postReceive(receive.receive(1).sge(server.region(), 0, 64));
            server.queuePair().postReceive(receive.receive(2).sge(server.region(), 64, 64));
            client.queuePair().postSend(request.sendWithImmediate(1, 7).sge(client.region(), 0, 64));
            client.queuePair().postSend(
                request.writeWithImmediate(2, address + 128, rkey, 8).sge(client.region(), 0, 64).signalled(true));
            awaitOne(client.sends());
            awaitOne(server.receives());
        });
    }

    /** A region that is invalid stays so: that is no error. */
    @OverLoopback
    void shouldInvalidateWithoutAllocating() {
        final SendRequest request = new SendRequest();
        try (MemoryRegion region = client.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            final int stag = region.rkey();
            expectNoAllocation(() -> {
                client.queuePair().postSend(request.localInvalidate(1, stag).signalled(true));
                awaitOne(client.sends());
            });
        }
    }

    @OverLoopback
    void shouldTakeSharedReceivesWithoutAllocating() throws InterruptedException {
        final SendRequest send = new SendRequest();
        final ReceiveRequest receive = new ReceiveRequest();
        try (SharedReceiveQueue shared = server.domain().createSharedReceiveQueue(16, 1);
            QueuePair taker = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends(), server.receives()).withSharedReceiveQueue(shared));
            QueuePair sender = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(sender, server.rnic(), taker);
            expectNoAllocation(() -> {
                shared.postReceive(receive.receive(1).sge(server.region(), 0, 64));
                sender.postSend(send.send(2).sge(client.region(), 0, 64).signalled(true));
                awaitOne(server.receives());
                awaitOne(client.sends());
            });
        }
    }

    @RnicTest(link = "tcp")
    @Timeout(60)
    void shouldSendWriteAndReadOverTcpWithoutAllocating() {
        final SendRequest request = new SendRequest();
        final ReceiveRequest receive = new ReceiveRequest();
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        expectNoAllocation(OVER_TCP, OVER_TCP, () -> {
            server.queuePair().postReceive(receive.receive(1).sge(server.region(), 0, 64));
            client.queuePair().postSend(request.write(1, address, rkey).sge(client.region(), 0, 512));
            client.queuePair().postSend(request.send(2).sge(client.region(), 0, 64));
            client.queuePair().postSend(request.read(3, address, rkey).sge(client.region(), 0, 512).signalled(true));
            awaitOne(server.receives());
            awaitOne(client.sends());
        });
    }

    @OverLoopback
    void shouldPollAnEmptyQueueWithoutAllocating() {
        expectNoAllocation(() -> {
            client.sends().poll(counter, 16);
            counter.completions++;
        });
    }
}
