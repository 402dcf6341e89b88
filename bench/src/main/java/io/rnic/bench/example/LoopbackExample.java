package io.rnic.bench.example;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/** The shortest complete program: one side sends a line of text to the other, through either front end. */
public final class LoopbackExample {
    private LoopbackExample() {
    }

    /** Runs it through the front end that the first argument names: {@code user} (default) or {@code kernel}. */
    public static void main(final String[] args) throws InterruptedException {
        System.out.println(run(args.length == 0 ? "user" : args[0], "hello, RDMA"));
    }

    /** Sends a text through that front end and returns what arrived. */
    public static String run(final String frontEnd, final String text) throws InterruptedException {
        final Duration patience = Duration.ofSeconds(5);
        try (Arena arena = Arena.ofShared();
            Rnic rnic = Rnic.open(frontEnd);
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            CompletionQueue completions = rnic.createCompletionQueue(16);
            MemoryRegion source = domain.registerMemory(arena.allocateFrom(text));
            MemoryRegion target = domain.registerMemory(arena.allocate(4096), Access.LOCAL_WRITE);
            QueuePair client = domain.createQueuePair(QueuePairOptions.of(completions));
            QueuePair server = domain.createQueuePair(QueuePairOptions.of(completions));
            Listener listener = rnic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {

            final ConnectionAttempt attempt = client.beginConnect(listener.address(), new byte[0]);
            final ConnectionRequest request = Objects.requireNonNull(listener.await(patience));
            request.accept(server, new byte[0]);
            attempt.await(patience);

            server.postReceive(new ReceiveRequest().receive(1).sge(target, 0, 4096));
            client.postSend(new SendRequest().send(2).sge(source, 0, (int) source.length()).signalled(true));

            for (int done = 0; done < 2; ) {
                done += completions.poll(completion -> System.out.println(completion), 2);
            }
            return target.segment().getString(0);
        }
    }
}
