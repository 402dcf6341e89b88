package io.rnic.emu.queue;

import io.rnic.emu.host.LinePadding;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;

/** The completion that handlers see, one object per completion queue, filled anew for each. */
public final class CompletionFlyweight extends LinePadding implements Completion {
    private long wrId;
    private int status;
    /** Opcode, and the flags of its entry above. */
    private int kind;
    private int byteLength;
    private int queuePairNumber;
    private long extra;

    /** An empty completion. */
    public CompletionFlyweight() {
    }

    /**
     * Fills it; status and opcode are given by their codes.
     *
     * @param kind  the opcode 0-7, flags of {@link CompletionLayout} 8-15
     * @param extra the vendor error, the immediate data or the STag, as status and flags say
     */
    public void set(final long wrId, final int status, final int kind, final int byteLength,
        final int queuePairNumber, final long extra) {
        this.wrId = wrId;
        this.status = status;
        this.kind = kind;
        this.byteLength = byteLength;
        this.queuePairNumber = queuePairNumber;
        this.extra = extra;
    }

    /** The code of its status. */
    public int statusCode() {
        return status;
    }

    /** Opcode and flags, as {@link #set} takes them. */
    public int kind() {
        return kind;
    }

    /** As {@link #set} takes it. */
    public long extra() {
        return extra;
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
        return CompletionOpcode.of(kind);
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
        return status == 0 ? 0 : (int) extra;
    }

    @Override
    public boolean hasImmediateData() {
        return has(CompletionLayout.IMMEDIATE);
    }

    @Override
    public long immediateData() {
        return has(CompletionLayout.IMMEDIATE) ? extra : 0;
    }

    @Override
    public int invalidatedStag() {
        return has(CompletionLayout.INVALIDATED) ? (int) extra : 0;
    }

    private boolean has(final long flag) {
        return status == 0 && (kind & (flag >>> CompletionLayout.KIND_SHIFT)) != 0;
    }

    @Override
    public String toString() {
        return "Completion[wrId=" + wrId + " " + opcode() + " " + status() + " byteLength=" + byteLength
            + " queuePair=" + queuePairNumber
            + (vendorError() == 0 ? "" : " vendorError=0x" + Integer.toHexString(vendorError()))
            + (hasImmediateData() ? " immediateData=0x" + Long.toHexString(immediateData()) : "")
            + (invalidatedStag() == 0 ? "" : " invalidatedStag=0x" + Integer.toHexString(invalidatedStag())) + "]";
    }
}
