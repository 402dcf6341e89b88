package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.queue.HostRegion;
import io.rnic.emu.queue.UnplacedMessages;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A message waits in a completion; one thread polls it, which places it, while another deregisters the region, which
 * places it too, and then uses the memory for something else.
 */
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "It was there when the region was gone, and nothing came after.")
@Outcome(id = "0, .*", expect = FORBIDDEN, desc = "The message was lost.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "It was placed after the region was gone.")
@State
public class RegionGoneStress {
    private static final long MESSAGE = 1;
    private static final long SOMETHING_ELSE = 2;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(1, 1);
    private final HostRegion region = new HostRegion();
    private final UnplacedMessages unplaced = new UnplacedMessages();
    private final AtomicBoolean pushed = new AtomicBoolean();

    /** One completion queue may hold messages. */
    public RegionGoneStress() {
        unplaced.add(rig.reader);
    }

    /** Gets the message, then polls it. */
    @Actor
    public void host() {
        rig.host.receives().post(new ReceiveRequest().receive(0).sge(region, 0, Long.BYTES));
        rig.writer.pushMessage(MemorySegment.ofArray(new long[] {MESSAGE}), 0, Long.BYTES, Rig.QUEUE_PAIR, 0);
        pushed.set(true);
        startLine.await();
        rig.reader.poll(completion -> { }, 1);
    }

    /** Deregisters. */
    @Actor
    public void owner(final II_Result r) {
        startLine.await();
        while (!pushed.get()) {
            Thread.onSpinWait();
        }
        unplaced.place(region.lkey());
        r.r1 = (int) region.word();
        region.word(SOMETHING_ELSE);
    }

    /** Looks what is in the memory. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = (int) region.word();
    }
}
