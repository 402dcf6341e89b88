package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A peer's RDMA Write goes into a region while another thread deregisters it; when that is done, its memory is used
 * for something else.
 */
@JCStressTest
@Outcome(id = {"0, 2", "1, 2"}, expect = ACCEPTABLE, desc = "It was written before, or not at all.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "It was written after the deregistration.")
@State
public class DeregisterStress {
    private final Revocation revocation = new Revocation();

    /** Writes: this thread does the NIC's work. */
    @Actor
    public void nic() {
        revocation.write();
    }

    /** Revokes, then uses the memory for something else. */
    @Actor
    public void owner(final II_Result r) {
        r.r1 = revocation.revoke(Rig::deregister);
    }

    /** Looks what is in the memory. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = revocation.found();
    }
}
