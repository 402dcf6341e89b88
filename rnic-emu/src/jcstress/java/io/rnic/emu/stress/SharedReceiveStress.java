package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.Terminate;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two queue pairs take from one shared receive queue of one slot, each a message, while two receives are posted: the
 * second when the slot is free again, which polling the completion of the first does. Who posts delivers too: so two
 * processors are enough for all that may meet, take and take, take and post, post and free.
 */
@JCStressTest
@Outcome(id = {"1, 2", "2, 1"}, expect = ACCEPTABLE, desc = "Each has a receive of its own.")
@Outcome(id = {"0, 0", "0, 1", "1, 0"}, expect = ACCEPTABLE, desc = "There was none for one of them, or for both.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A receive was taken twice, out of order, or before it was written.")
@State
public class SharedReceiveStress {
    private static final int RECEIVES = 2;
    private static final int TRIES = 40;
    private static final int TORN = -1;

    private final StartLine startLine = new StartLine();
    private final SharedRig shared = new SharedRig(1);
    private final Rig one = Rig.of(shared, 1).connect(SequenceLink.ascending());
    private final Rig other = Rig.of(shared, 1).connect(SequenceLink.ascending());
    private final long[] cells = new long[RECEIVES];
    private final ReceiveRequest[] receives = new ReceiveRequest[RECEIVES];
    private final MemorySegment messageForOne = MemorySegment.ofArray(new long[] {1});
    private final MemorySegment messageForOther = MemorySegment.ofArray(new long[] {2});

    /** Prepares what is posted. */
    public SharedReceiveStress() {
        for (int i = 0; i < RECEIVES; i++) {
            cells[i] = Rig.cell();
            Rig.set(cells[i], 0);
            receives[i] = new ReceiveRequest().receive(i + 1).sge(cells[i], Long.BYTES, Rig.key());
        }
    }

    /** A message for one of them. */
    @Actor
    public void one(final II_Result r) {
        startLine.await();
        int result = TerminateCode.NO_BUFFER;
        for (int i = 0; i < TRIES && result == TerminateCode.NO_BUFFER; i++) {
            result = one.deliver(messageForOne);
        }
        r.r1 = receive(one, result, 1);
    }

    /** Posts as the slot comes free; between, a message for the other. */
    @Actor
    public void other(final II_Result r) {
        startLine.await();
        int posted = 0;
        int result = TerminateCode.NO_BUFFER;
        for (int i = 0; i < TRIES; i++) {
            if (posted < RECEIVES && shared.host.post(receives[posted]) == PostResult.OK) {
                posted++;
            }
            if (result == TerminateCode.NO_BUFFER && i % 2 == 1) {
                result = other.deliver(messageForOther);
                r.r2 = receive(other, result, 2);
            }
        }
    }

    /** The receive that the message has come into, 0 if there was none. */
    private int receive(final Rig rig, final int result, final long message) {
        if (result != Terminate.NONE) {
            return result == TerminateCode.NO_BUFFER ? 0 : TORN;
        }
        final int[] polled = {TORN};
        rig.reader.poll(completion -> polled[0] = (int) completion.wrId(), 1);
        return polled[0] > 0 && Rig.get(cells[polled[0] - 1]) == message ? polled[0] : TORN;
    }
}
