package io.rnic.testing;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;

/** A completion, kept: other than the flyweight that a handler is given it stays valid. */
public record CompletedRequest(long wrId, CompletionStatus status, CompletionOpcode opcode, int byteLength,
    int queuePairNumber, int vendorError) implements Completion {

    /** Keeps what the flyweight shows now. */
    public static CompletedRequest of(final Completion completion) {
        return new CompletedRequest(completion.wrId(), completion.status(), completion.opcode(),
            completion.byteLength(), completion.queuePairNumber(), completion.vendorError());
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
            return request + ", " + completion.opcode() + " of " + completion.byteLength() + " bytes";
        }
        return completion.vendorError() == 0 ? request : request + ", " + terminate(completion.vendorError());
    }

    /** A vendor error as the Terminate's layer, error type and code (RFC 5040 §4.8). */
    static String terminate(final int vendorError) {
        return vendorError == 0 ? "no Terminate"
            : "Terminate " + (vendorError >> 12 & 0xF) + "/" + (vendorError >> 8 & 0xF) + "/" + (vendorError & 0xFF);
    }
}
