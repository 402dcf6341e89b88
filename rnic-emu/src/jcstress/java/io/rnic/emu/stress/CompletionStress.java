package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The message's bytes are placed, the entry is written, then its phase; the host polls the phase, then reads both. */
@JCStressTest
@Outcome(id = {"0", "1", "2"}, expect = ACCEPTABLE, desc = "What was polled was whole and in order, with its bytes.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A completion came before its entry or its message, or out of order.")
@State
public class CompletionStress {
    private static final int LENGTH = 1000;
    private static final int VENDOR = 0x1_1220;
    private static final long MESSAGE = 0x5566_7788_99AA_BB00L;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(2, 2);
    private final long[] messages = new long[2];
    private int polled;

    /** Places and pushes, twice. */
    @Actor
    public void nic() {
        startLine.await();
        for (int i = 0; i < 2; i++) {
            messages[i] = MESSAGE + i;
            rig.writer.push(CompletionOpcode.RECEIVE, CompletionStatus.REMOTE_OPERATION_ERROR, LENGTH + i,
                Rig.QUEUE_PAIR, i, VENDOR + i);
        }
    }

    /** Polls. */
    @Actor
    public void host(final I_Result r) {
        startLine.await();
        rig.reader.poll(this::take, 2);
        r.r1 = polled;
    }

    private void take(final Completion completion) {
        final boolean whole = polled >= 0 && messages[polled] == MESSAGE + polled
            && completion.byteLength() == LENGTH + polled && completion.vendorError() == VENDOR + polled
            && completion.opcode() == CompletionOpcode.RECEIVE
            && completion.status() == CompletionStatus.REMOTE_OPERATION_ERROR
            && completion.queuePairNumber() == Rig.QUEUE_PAIR;
        polled = whole ? polled + 1 : -1;
    }
}
