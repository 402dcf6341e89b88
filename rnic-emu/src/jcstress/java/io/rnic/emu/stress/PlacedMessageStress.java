package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.queue.HostRegion;
import io.rnic.verbs.Completion;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Short messages in completions: the NIC writes message, entry and phase; the host polls the phase and places. */
@JCStressTest
@Outcome(id = {"0", "1", "2"}, expect = ACCEPTABLE, desc = "What was polled was placed, whole and in order.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A completion came before its message.")
@State
public class PlacedMessageStress {
    private static final int MESSAGES = 2;
    private static final long MESSAGE = 0x5566_7788_99AA_BB00L;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(MESSAGES, MESSAGES);
    private final HostRegion[] regions = {new HostRegion(), new HostRegion(Rig.memory(Rig.cell()))};
    private final ReceiveRequest receive = new ReceiveRequest();
    private int polled;

    /** Puts two messages, under one lock. */
    @Actor
    public void nic() {
        startLine.await();
        rig.writer.beginMessages();
        for (int i = 0; i < MESSAGES; i++) {
            rig.writer.putMessage(
                MemorySegment.ofArray(new long[] {MESSAGE + i}), 0, Long.BYTES, Rig.QUEUE_PAIR, i);
        }
        rig.writer.endMessages();
    }

    /** Posts the receives (the NIC of this scenario does not look at them), then polls. */
    @Actor
    public void host(final I_Result r) {
        for (int i = 0; i < MESSAGES; i++) {
            rig.host.receives().post(receive.receive(i).sge(regions[i], 0, Long.BYTES));
        }
        startLine.await();
        rig.reader.poll(this::take, MESSAGES);
        r.r1 = polled;
    }

    private void take(final Completion completion) {
        final boolean placed = polled >= 0 && completion.wrId() == polled
            && regions[polled].word() == MESSAGE + polled;
        polled = placed ? polled + 1 : -1;
    }
}
