package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The NIC pushes completions while the host moves the queue to a longer ring, polls, and moves to a shorter one. */
@JCStressTest
@Outcome(id = "[0-4], 4", expect = ACCEPTABLE, desc = "Each completion was there once, whole and in order.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A completion was lost, torn, out of order or there twice.")
@State
public class ResizeStress {
    private static final int COMPLETIONS = 4;
    private static final int LONGER = 8;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(COMPLETIONS, COMPLETIONS);
    private final SharedMemory.Block longer = ring(LONGER);
    private final SharedMemory.Block shorter = ring(COMPLETIONS);
    private int polled;

    private static SharedMemory.Block ring(final int entries) {
        return Rig.block(CompletionLayout.ENTRIES + entries * CompletionLayout.ENTRY_BYTES);
    }

    /** Pushes. */
    @Actor
    public void nic() {
        startLine.await();
        for (int i = 0; i < COMPLETIONS; i++) {
            rig.writer.push(
                CompletionOpcode.SEND, CompletionStatus.REMOTE_OPERATION_ERROR, 0, Rig.QUEUE_PAIR, i, i + 1);
        }
    }

    /** Resizes, polls, resizes. */
    @Actor
    public void host(final II_Result r) {
        startLine.await();
        rig.reader.moveTo(rig.writer, longer, LONGER, LONGER);
        rig.reader.poll(this::take, 1);
        rig.reader.moveTo(rig.writer, shorter, COMPLETIONS, COMPLETIONS);
        rig.reader.poll(this::take, COMPLETIONS);
        r.r1 = polled;
    }

    /** Polls the rest. */
    @Arbiter
    public void rest(final II_Result r) {
        rig.reader.poll(this::take, COMPLETIONS + 1);
        r.r2 = polled;
    }

    private void take(final Completion completion) {
        polled = polled >= 0 && completion.vendorError() == polled + 1 ? polled + 1 : -1;
    }
}
