package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.PostResult;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The host posts receives, then the peer delivers a message; meanwhile the NIC moves the queue pair to ERROR and
 * flushes. Who posts in ERROR flushes too, so nothing may be taken behind that.
 */
@JCStressTest
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both receives ended, one with the message or none.")
@Outcome(id = "2, -1", expect = FORBIDDEN, desc = "A message was taken behind a receive that was flushed.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A receive was refused, lost, or ended twice.")
@State
public class FlushDeliverStress {
    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(2, 4, QueuePairContext::invokerDoorbell).connect(SequenceLink.ascending());
    private final MemorySegment message = MemorySegment.ofArray(new byte[Long.BYTES]);
    private final ReceiveRequest receive = new ReceiveRequest().receive(0).sge(Rig.cell(), Long.BYTES, Rig.key());
    private boolean isFlushed;
    private boolean isTakenBehind;

    /** Posts, then delivers. */
    @Actor
    public void hostAndPeer(final II_Result r) {
        startLine.await();
        r.r1 = (rig.host.receives().post(receive) == PostResult.OK ? 1 : 0)
            + (rig.host.receives().post(receive) == PostResult.OK ? 1 : 0);
        rig.deliver(message);
    }

    /** Moves to ERROR. */
    @Actor
    public void nic() {
        startLine.await();
        Rig.ENGINE.error(rig.nic);
    }

    /** Counts what ended. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = rig.reader.poll(completion -> {
            isTakenBehind |= isFlushed && completion.status() == CompletionStatus.SUCCESS;
            isFlushed |= completion.status() == CompletionStatus.FLUSHED;
        }, 4);
        r.r2 = isTakenBehind ? -1 : r.r2;
    }
}
