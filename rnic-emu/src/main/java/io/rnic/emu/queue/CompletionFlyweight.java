package io.rnic.emu.queue;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;

/** The completion that handlers see, one object per completion queue, filled anew for each. */
public final class CompletionFlyweight implements Completion {
    private long wrId;
    private CompletionStatus status = CompletionStatus.SUCCESS;
    private CompletionOpcode opcode = CompletionOpcode.SEND;
    private int byteLength;
    private int queuePairNumber;
    private int vendorError;

    /** An empty completion. */
    public CompletionFlyweight() {
    }

    /** Fills it. */
    public void set(final long wrId, final CompletionStatus status, final CompletionOpcode opcode, final int byteLength,
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
        return status;
    }

    @Override
    public CompletionOpcode opcode() {
        return opcode;
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
        return "Completion[wrId=" + wrId + " " + opcode + " " + status + " byteLength=" + byteLength + " queuePair="
            + queuePairNumber + (vendorError == 0 ? "" : " vendorError=0x" + Integer.toHexString(vendorError)) + "]";
    }
}
