package io.rnic.emu.queue;

import io.rnic.emu.host.LinePadding;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;

/** The completion that handlers see, one object per completion queue, filled anew for each. */
public final class CompletionFlyweight extends LinePadding implements Completion {
    private long wrId;
    private int status;
    private int opcode;
    private int byteLength;
    private int queuePairNumber;
    private int vendorError;

    /** An empty completion. */
    public CompletionFlyweight() {
    }

    /** Fills it; status and opcode are given by their codes. */
    public void set(final long wrId, final int status, final int opcode, final int byteLength,
        final int queuePairNumber, final int vendorError) {
        this.wrId = wrId;
        this.status = status;
        this.opcode = opcode;
        this.byteLength = byteLength;
        this.queuePairNumber = queuePairNumber;
        this.vendorError = vendorError;
    }

    @Override
    public long wrId() {
        return wrId;
    }

    @Override
    public CompletionStatus status() {
        return CompletionStatus.of(status);
    }

    @Override
    public CompletionOpcode opcode() {
        return CompletionOpcode.of(opcode);
    }

    @Override
    public int byteLength() {
        return byteLength;
    }

    @Override
    public int queuePairNumber() {
        return queuePairNumber;
    }

    @Override
    public int vendorError() {
        return vendorError;
    }

    @Override
    public String toString() {
        return "Completion[wrId=" + wrId + " " + opcode() + " " + status() + " byteLength=" + byteLength
            + " queuePair=" + queuePairNumber
            + (vendorError == 0 ? "" : " vendorError=0x" + Integer.toHexString(vendorError)) + "]";
    }
}
