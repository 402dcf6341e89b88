package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.queue.PostResult;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.SendRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Three requests through one send slot: one thread posts whenever the slot is free, another takes the request and polls
 * its completion, which frees the slot. A slot and its wr_id belong to their request until its completion is polled.
 */
@JCStressTest
@Outcome(id = {"0, 0", "1, 1", "2, 2", "3, 3"}, expect = ACCEPTABLE, desc = "All that was posted came with its wr_id.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A slot or its wr_id was overwritten by the next request.")
@State
public class SlotReuseStress {
    private static final int REQUESTS = 3;
    private static final int TRIES = 40;

    private final StartLine startLine = new StartLine();
    private final SequenceLink link = SequenceLink.ascending();
    private final Rig rig = Rig.of(1, 1).connect(link);
    private final SendRequest[] requests = new SendRequest[REQUESTS];
    private int polled;

    /** Prepares what is posted. */
    public SlotReuseStress() {
        for (int i = 0; i < REQUESTS; i++) {
            requests[i] = SequenceLink.request(i);
        }
    }

    /** Posts. */
    @Actor
    public void poster() {
        startLine.await();
        int posted = 0;
        for (int i = 0; i < TRIES && posted < REQUESTS; i++) {
            if (rig.host.sends().post(requests[posted]) == PostResult.OK) {
                posted++;
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Takes and polls. */
    @Actor
    public void poller(final II_Result r) {
        startLine.await();
        for (int i = 0; i < TRIES && polled >= 0 && polled < REQUESTS; i++) {
            Rig.ENGINE.process(rig.nic);
            if (rig.reader.poll(this::take, 1) == 0) {
                Thread.onSpinWait();
            }
        }
        r.r1 = link.taken();
        r.r2 = polled;
    }

    private void take(final Completion completion) {
        polled = completion.wrId() == polled && completion.status() == CompletionStatus.SUCCESS ? polled + 1 : -1;
    }
}
