package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A fault of this program in the work of the NIC's own thread: the queue pair's owner does not wait for ever. */
class FailingWorkTest {
    private final EngineParts nic = new EngineParts();
    private final DedicatedDoorbells doorbells = new DedicatedDoorbells(nic.engine, nic.shared, 0xF);
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext queuePair = nic.queuePair(1, blocks);

    @Test
    void shouldMoveTheQueuePairToErrorAndSayWhy() {
        final HostQueuePair host = nic.host(1, blocks, doorbells.of(queuePair));
        queuePair.connect((DirectLink) Proxy.newProxyInstance(DirectLink.class.getClassLoader(),
            new Class<?>[] {DirectLink.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("write")) {
                    throw new IllegalArgumentException("a fault of this program");
                }
                return null;
            }));
        EngineParts.ready(queuePair);
        post(host);

        assertThatThrownBy(doorbells::doWork).hasMessage("a fault of this program");

        assertThat(queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(Objects.requireNonNull(queuePair.fault()).check()).isEqualTo(Check.NIC);
        assertThat(nic.statuses()).containsExactly(CompletionStatus.FLUSHED);

        post(host); // in ERROR
        doorbells.doWork();
        assertThat(nic.statuses()).containsExactly(CompletionStatus.FLUSHED);
    }

    private void post(final HostQueuePair host) {
        host.sends().post(new SendRequest().write(41, 4096, 1)
            .sge(nic.region.address(), 8, nic.region.stag()).signalled(true));
    }
}
