package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.Completion;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Three messages through one receive slot and a completion ring of one entry, so that each is a lap of its own: the
 * host says what it polled (CONSUMED) and posts again from its handler, the NIC takes the receive and must find room.
 */
@JCStressTest
@Outcome(id = "[0-3], 0", expect = ACCEPTABLE, desc = "What was polled was whole and in order; there was room.")
@Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "A receive was there, but the ring was full or the slot was torn.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "An entry was overwritten before it was read.")
@State
public class CompletionRoomStress {
    private static final int MESSAGES = 3;
    /** Some tries each, so that the two meet now and then; neither waits for the other for ever. */
    private static final int TRIES = 40;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(1, 1).connect(SequenceLink.ascending());
    private final long[] cells = {Rig.cell(), Rig.cell(), Rig.cell()};
    private final ReceiveRequest[] receives = new ReceiveRequest[MESSAGES];
    private final MemorySegment[] messages = new MemorySegment[MESSAGES];
    private int polled;

    /** Prepares what is posted and sent. */
    public CompletionRoomStress() {
        for (int i = 0; i < MESSAGES; i++) {
            receives[i] = new ReceiveRequest().receive(i).sge(cells[i], Long.BYTES, Rig.key());
            messages[i] = MemorySegment.ofArray(new long[] {-1L - i});
        }
    }

    /** Posts, polls, posts again from the handler. */
    @Actor
    public void host(final II_Result r) {
        startLine.await();
        rig.host.receives().post(receives[0]);
        try {
            for (int i = 0; i < TRIES && polled >= 0 && polled < MESSAGES; i++) {
                if (rig.reader.poll(this::take, 1) == 0) {
                    Thread.onSpinWait();
                }
            }
        } catch (final RnicException e) {
            polled = -2;
        }
        r.r1 = polled;
    }

    private void take(final Completion completion) {
        final boolean whole = polled >= 0 && completion.wrId() == polled && completion.byteLength() == Long.BYTES
            && Rig.get(cells[polled]) == -1L - polled;
        polled = whole ? polled + 1 : -1;
        if (whole && polled < MESSAGES) {
            rig.host.receives().post(receives[polled]);
        }
    }

    /** Sends as receives are posted. */
    @Actor
    public void nic(final II_Result r) {
        startLine.await();
        int sent = 0;
        for (int i = 0; i < TRIES && sent < MESSAGES; i++) {
            final int result = rig.deliver(messages[sent]);
            if (result == Terminate.NONE) {
                sent++;
            } else if (result == TerminateCode.NO_BUFFER) {
                Thread.onSpinWait();
            } else {
                r.r2 = 1;
                return;
            }
        }
    }
}
