package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.queue.EventChannel;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The host arms and polls before it waits; the NIC pushes, then looks whether it is armed, with no fence between. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The poll after arming saw it.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The event wakes who waits.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both: one wake-up too many.")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Lost wake-up.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "More than one of something.")
@State
public class ArmStress {
    private final StartLine startLine = new StartLine();
    private final EventChannel channel = new EventChannel(1);
    private final Rig rig = Rig.of(1, 1, channel);

    /** Pushes. */
    @Actor
    public void nic() {
        startLine.await();
        rig.writer.push(CompletionOpcode.RECEIVE, CompletionStatus.SUCCESS, 0, Rig.QUEUE_PAIR, 0, 0);
    }

    /** Arms and polls. */
    @Actor
    public void host(final II_Result r) {
        startLine.await();
        rig.reader.arm(false);
        r.r1 = rig.reader.poll(completion -> { }, 1);
    }

    /** Counts the events. */
    @Arbiter
    public void result(final II_Result r) {
        try {
            while (channel.await(0) == Rig.COMPLETION_QUEUE) {
                r.r2++;
            }
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e); // nobody interrupts; generated code knows no checked exceptions
        }
    }
}
