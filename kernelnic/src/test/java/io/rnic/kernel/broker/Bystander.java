package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.kernel.broker.KernelProcess.Pair;
import io.rnic.kernel.broker.KernelProcess.Region;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;

/** Another process on the same device, with a connection that must still work at the end. */
final class Bystander {
    private final KernelProcess process;
    private final int queue;
    private final Pair one;
    private final Pair two;
    private final long systemCalls;
    final Region region;

    Bystander(final String device, final MemorySegment memory) {
        process = KernelProcess.open(device);
        final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        // So that the fuzzed process never has these handles itself.
        for (int i = 0; i < 100; i++) {
            process.create(SystemCall.CREATE_CHANNEL);
        }
        queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 64, 0);
        region = process.register(domain, memory);
        one = process.createQueuePair(domain, queue);
        two = process.createQueuePair(domain, queue);
        process.connect(one, two);
        systemCalls = process.kernel.counters().getOrDefault("process.systemCalls", 0L);
    }

    void assertUnharmed() {
        assertThat(process.kernel.counters()).containsEntry("process.systemCalls", systemCalls);
        assertThat(process.call(SystemCall.QUERY_QUEUE_PAIR, one.handle())).as("RTS").isEqualTo(3);
        process.post(two, new ReceiveRequest().receive(2).sge(region.address(), 64, region.key()));
        process.post(one, new SendRequest().send(1).sge(region.address() + 64, 64, region.key()).signalled(true));
        assertThat(process.poll(queue)).containsExactly("2 RECEIVE SUCCESS", "1 SEND SUCCESS");
    }
}
