package io.rnic.testing;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;

/** A completion, kept: other than the flyweight that a handler is given it stays valid. */
public record CompletedRequest(long wrId, CompletionStatus status, CompletionOpcode opcode, int byteLength,
    int queuePairNumber, int vendorError, boolean hasImmediateData, long immediateData, int invalidatedStag)
    implements Completion {

    /** One without immediate data that made no STag invalid. */
    public CompletedRequest(final long wrId, final CompletionStatus status, final CompletionOpcode opcode,
        final int byteLength, final int queuePairNumber, final int vendorError) {
        this(wrId, status, opcode, byteLength, queuePairNumber, vendorError, false, 0, 0);
    }

    /** Keeps what the flyweight shows now. */
    public static CompletedRequest of(final Completion completion) {
        return new CompletedRequest(completion.wrId(), completion.status(), completion.opcode(),
            completion.byteLength(), completion.queuePairNumber(), completion.vendorError(),
            completion.hasImmediateData(), completion.immediateData(), completion.invalidatedStag());
    }

    /** What is valid of it, in one line. */
    @Override
    public String toString() {
        return describe(this);
    }

    /** What is valid of a completion, in one line: its status decides. */
    static String describe(final Completion completion) {
        final String request = "wrId=" + completion.wrId() + " of queue pair " + completion.queuePairNumber() + ": "
            + completion.status();
        if (completion.status() == CompletionStatus.SUCCESS) {
            return request + ", " + completion.opcode() + " of " + completion.byteLength() + " bytes"
                + (completion.hasImmediateData() ? ", immediate data " + completion.immediateData() : "")
                + (completion.invalidatedStag() == 0 ? ""
                    : ", invalidated STag 0x" + Integer.toHexString(completion.invalidatedStag()));
        }
        return completion.vendorError() == 0 ? request : request + ", " + terminate(completion.vendorError());
    }

    /** A vendor error as the Terminate's layer, error type and code (RFC 5040 §4.8). */
    static String terminate(final int vendorError) {
        return vendorError == 0 ? "no Terminate"
            : "Terminate " + (vendorError >> 12 & 0xF) + "/" + (vendorError >> 8 & 0xF) + "/" + (vendorError & 0xFF);
    }
}
