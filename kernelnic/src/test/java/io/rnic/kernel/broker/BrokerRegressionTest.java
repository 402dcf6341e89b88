package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.kernel.broker.KernelProcess.Pair;
import io.rnic.emu.queue.PostResult;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.HandleTable;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Faults that were found once. */
class BrokerRegressionTest {
    @Test
    void shouldApplyTheRulesToAPickedPort() {
        final KernelProcess process = KernelProcess.open("bypass",
            "kernel.connectionRules", "deny listen 49152-65535; allow any *");
        assertThatThrownBy(() -> process.listen(0)).isInstanceOf(RnicException.class);
    }

    @Test
    void shouldPostWhatPrecedesAMalformedRecordAndSaySo() {
        final KernelProcess process = KernelProcess.open("half");
        final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        final int queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 256, 0);
        final int one = process.create(SystemCall.CREATE_QUEUE_PAIR, domain, queue, queue,
            64, 64, 1, 1, 0, 0, 0, 0, 16, 16);
        final int two = process.create(SystemCall.CREATE_QUEUE_PAIR, domain, queue, queue,
            64, 64, 1, 1, 0, 0, 0, 0, 16, 16);
        process.connect(new Pair(one, 0), new Pair(two, 0));
        final ArgumentBlock block = process.block().putInt(one).putInt(41);
        for (int i = 0; i < 40; i++) {
            SendRecord.write(block, new SendRequest().write(i, 0, 0).signalled(true), 16, 512);
        }
        assertThat(process.call(SystemCall.POST_SEND, (MemorySegment) null)).isEqualTo(40);
        assertThat(PostResult.of(block.getInt())).isEqualTo(PostResult.MALFORMED);
        assertThat(process.poll(queue)).hasSize(40);
    }

    @Test
    void shouldNotForgetANewerObjectForAnOldHandle() {
        final HandleTable table = new HandleTable();
        final int old = table.add("old");
        table.remove(old);
        int newer = 0;
        while ((newer & 0xFFFFF) != (old & 0xFFFFF)) {
            newer = table.add("new");
        }
        table.remove(old);
        assertThat(table.get(newer, String.class)).isEqualTo("new");
    }
}
