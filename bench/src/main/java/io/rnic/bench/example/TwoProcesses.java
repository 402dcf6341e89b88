package io.rnic.bench.example;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/** One process sends a line of text to another: {@code PORT} receives, {@code PORT HOST} sends. */
public final class TwoProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TwoProcesses() {
    }

    /** Receives, or sends if a host is named. */
    public static void main(final String[] args) throws InterruptedException {
        final int port = Integer.parseInt(args[0]);
        try (Arena arena = Arena.ofShared();
            Rnic rnic = Rnic.open(RnicOptions.defaults().with("link", "tcp")); // 127.0.0.1 stays within the JVM else
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            CompletionQueue completions = rnic.createCompletionQueue(16);
            MemoryRegion memory = domain.registerMemory(arena.allocate(4096), Access.LOCAL_WRITE);
            QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(completions))) {

            if (args.length == 1) {
                queuePair.postReceive(new ReceiveRequest().receive(1).sge(memory, 0, 4096)); // before anybody can send
                try (Listener listener = rnic.listen(new InetSocketAddress("0.0.0.0", port))) {
                    System.out.println("listening on port " + listener.address().getPort());
                    Objects.requireNonNull(listener.await(PATIENCE), "nobody came").accept(queuePair, new byte[0]);
                }
            } else {
                memory.segment().setString(0, "hello, other process");
                queuePair.connect(new InetSocketAddress(args[1], port), new byte[0], PATIENCE);
                queuePair.postSend(new SendRequest().send(2).sge(memory, 0, 64).signalled(true));
            }
            while (completions.poll(completion -> System.out.println(completion), 1) == 0) {
                Thread.onSpinWait();
            }
            System.out.println(memory.segment().getString(0));
        }
    }
}
