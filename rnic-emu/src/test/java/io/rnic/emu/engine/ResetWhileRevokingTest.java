package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.verbs.SendRequest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A queue pair that is reset while its invalidation waits for a thread that is in the middle of using the STag: the
 * request is abandoned, and whoever works on the queue pair next, as a NIC's own thread may before all is forgotten,
 * does not report it as done.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResetWhileRevokingTest {
    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext queuePair = nic.queuePair(1, blocks);
    private final QueuePairContext other = nic.queuePair(2, nic.blocks());
    private final HostQueuePair host = nic.host(1, blocks);

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the other threads need this core
    void shouldReportNothingOverAStream() throws Exception {
        queuePair.connect(new RoomyLink());
        EngineParts.ready(queuePair);
        host.sends().post(new SendRequest().localInvalidate(5, nic.region.stag()).signalled(true));
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
            StagUser user = new StagUser(nic.engine, other)) {
            final Future<?> working = thread.submit(() -> nic.engine.process(queuePair));
            while (nic.stags.find(nic.region.stag()) != null) {
                Thread.yield();
            }
            queuePair.moveToReset();
            user.leave();
            working.get();
        }
        nic.engine.process(queuePair);
        assertThat(nic.statuses()).isEmpty();
    }
}
