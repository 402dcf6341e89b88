package io.rnic.bench.pieces;

import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.ReceiveSlotLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Post and take, in one thread: the host writes slots and a count, what stands for the NIC reads count and slots. A
 * completion for each {@value #BATCH} frees the slots; it is part of the time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
    private static final int BATCH = 32;
    private static final int MASK = Ends.REQUESTS - 1;
    private static final int SEND_STRIDE = SendSlotLayout.stride(1, 0);
    private static final int RECEIVE_STRIDE = ReceiveSlotLayout.stride(1);

    private final Ends ends = new Ends();
    private final long page = ends.blocks.doorbell().address();
    private final long sendSlots = ends.blocks.send().address();
    private final long receiveSlots = ends.blocks.receive().address();
    private final SendRequest send = new SendRequest().send(1).sge(4096, Long.BYTES, 1);
    private final ReceiveRequest receive = new ReceiveRequest().receive(1).sge(4096, Long.BYTES, 1);
    private final SendRequest[] sends = new SendRequest[BATCH];
    private final ReceiveRequest[] receives = new ReceiveRequest[BATCH];
    private long sendsTaken;
    private long receivesTaken;

    /** Prepares the lists. */
    public QueueBenchmark() {
        for (int i = 0; i < BATCH; i++) {
            sends[i] = new SendRequest().send(i).sge(4096, Long.BYTES, 1);
            receives[i] = new ReceiveRequest().receive(i).sge(4096, Long.BYTES, 1);
        }
    }

    /** Send requests, each posted and taken by itself. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long send() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            ends.host.sends().post(send);
            sum += takeSends();
        }
        return sum + freeSends();
    }

    /** Send requests, posted as a list and taken together. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long sendList() {
        ends.host.sends().post(sends, BATCH);
        return takeSends() + freeSends();
    }

    /** Receives, each posted and taken by itself. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long receive() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            ends.host.receives().post(receive);
            sum += takeReceives();
        }
        return sum + freeReceives();
    }

    /** Receives, posted as a list and taken together. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long receiveList() {
        ends.host.receives().post(receives, BATCH);
        return takeReceives() + freeReceives();
    }

    private long takeSends() {
        final long posted = Words.getLongVolatile(page + DoorbellLayout.SEND_COUNT);
        long sum = 0;
        while (sendsTaken != posted) {
            final int slot = ((int) sendsTaken & MASK) * SEND_STRIDE;
            final int sge = SendSlotLayout.sge(slot, 0);
            sum += Words.getLong(sendSlots + slot + SendSlotLayout.CONTROL)
                + Words.getLong(sendSlots + sge + SgeLayout.ADDRESS)
                + Words.getLong(sendSlots + sge + SgeLayout.EXTENT);
            sendsTaken++;
        }
        return sum;
    }

    private long takeReceives() {
        final long posted = Words.getLongVolatile(page + DoorbellLayout.RECEIVE_COUNT);
        long sum = 0;
        while (receivesTaken != posted) {
            final int slot = ((int) receivesTaken & MASK) * RECEIVE_STRIDE;
            sum += Words.getLong(receiveSlots + slot + SgeLayout.ADDRESS)
                + Words.getLong(receiveSlots + slot + SgeLayout.EXTENT);
            receivesTaken++;
        }
        return sum;
    }

    private int freeSends() {
        ends.push(CompletionOpcode.SEND, sendsTaken - 1);
        return ends.reader.poll(completion -> { }, 1);
    }

    private int freeReceives() {
        ends.push(CompletionOpcode.RECEIVE, receivesTaken - 1);
        return ends.reader.poll(completion -> { }, 1);
    }
}
