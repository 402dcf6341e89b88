package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.DedicatedDoorbells;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.SendRequest;
import java.lang.ref.Reference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A poster rings: count, then SCHEDULED, then the FIFO. The NIC's thread finds nothing more to do: it clears SCHEDULED,
 * then looks at the count once more. What is left must be in the FIFO when both are done.
 */
@JCStressTest
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "All was taken, at once or from the FIFO later.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A doorbell was lost, or a slot torn.")
@State
public class DedicatedDoorbellStress {
    private static final int TIMES = 3;
    private static final int STATES_PER_MEMORY = 256;

    private static SharedMemory current = new SharedMemory();
    private static int used;

    private final StartLine startLine = new StartLine();
    /** The FIFO is native memory that lives as long as this object. */
    private final SharedMemory memory = memory();
    private final DedicatedDoorbells doorbells = new DedicatedDoorbells(Rig.ENGINE, memory, 0);
    private final SequenceLink link = SequenceLink.ascending();
    private final Rig rig = Rig.of(TIMES, 4, doorbells::of).connect(link);
    private final SendRequest[] requests = new SendRequest[TIMES];

    /** Prepares what is posted. */
    public DedicatedDoorbellStress() {
        for (int i = 0; i < TIMES; i++) {
            requests[i] = SequenceLink.request(i);
        }
    }

    /** A slab is for many states: mapping one for each would take all the time. */
    private static SharedMemory memory() {
        synchronized (DedicatedDoorbellStress.class) {
            if (++used % STATES_PER_MEMORY == 0) {
                current = new SharedMemory();
            }
            return current;
        }
    }

    /** Posts and rings. */
    @Actor
    public void host() {
        startLine.await();
        for (final SendRequest request : requests) {
            rig.host.sends().post(request);
        }
    }

    /** Takes from the FIFO now and then. */
    @Actor
    public void nic() {
        startLine.await();
        for (int i = 0; i < TIMES; i++) {
            doorbells.doWork();
        }
    }

    /** Takes what is left in the FIFO, and counts. */
    @Arbiter
    public void result(final II_Result r) {
        try {
            int idle = 0;
            while (idle < 2) {
                idle = doorbells.doWork() == 0 ? idle + 1 : 0;
            }
            r.r1 = link.taken();
            r.r2 = rig.reader.poll(completion -> { }, TIMES + 1);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
