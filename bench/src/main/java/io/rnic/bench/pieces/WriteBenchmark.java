package io.rnic.bench.pieces;

import io.rnic.bench.run.Resources;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A whole RDMA Write of 32 bytes, posted and its completion polled, in one thread that does the NIC's work as well. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriteBenchmark {
    private static final int BYTES = 32;
    private static final int REQUESTS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Through which front end. */
    @Param({"user", "kernel"})
    public String frontEnd;

    private final Resources resources = new Resources();
    private CompletionQueue completions;
    private QueuePair client;
    private SendRequest request;

    /** Makes it. */
    public WriteBenchmark() {
    }

    /** Connects two queue pairs. */
    @Setup
    public void connect() throws InterruptedException {
        final Rnic nic = resources.add(Rnic.open(
            RnicOptions.defaults().withFrontEnd(frontEnd).with("device", "pieces").with("pinning", "accounted")));
        final MemorySegment memory = Arena.ofAuto().allocate(2L * BYTES, 64);
        final ProtectionDomain domain = resources.add(nic.allocateProtectionDomain());
        final MemoryRegion region =
            resources.add(domain.registerMemory(memory, Access.LOCAL_WRITE, Access.REMOTE_WRITE));
        completions = resources.add(nic.createCompletionQueue(4 * REQUESTS));
        final QueuePairOptions options = QueuePairOptions.of(completions).withRequests(REQUESTS, REQUESTS);
        client = resources.add(domain.createQueuePair(options));
        final QueuePair server = resources.add(domain.createQueuePair(options));
        try (Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ConnectionAttempt attempt = client.beginConnect(listener.address(), new byte[0])) {
            final ConnectionRequest asked = Objects.requireNonNull(listener.await(PATIENCE), "connection request");
            asked.accept(server, new byte[0]);
            attempt.await(PATIENCE);
        }
        request = new SendRequest().write(1, region.address() + BYTES, region.rkey()).sge(region, 0, BYTES)
            .signalled(true);
    }

    /** Posts and polls. */
    @Benchmark
    public int write() {
        client.postSend(request);
        int done = 0;
        while (done == 0) {
            done = completions.poll(completion -> { }, 1);
        }
        return done;
    }

    /** Closes all. */
    @TearDown
    public void close() {
        resources.close();
    }
}
