package io.rnic.testing;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePair;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;

/** Assertions about a completion; every failure shows all that is valid of it. */
public final class CompletionAssert extends AbstractAssert<CompletionAssert, Completion> {
    CompletionAssert(final Completion actual) {
        super(actual, CompletionAssert.class);
    }

    /** It ended with SUCCESS. */
    public CompletionAssert succeeded() {
        return hasStatus(CompletionStatus.SUCCESS);
    }

    /** It was flushed: its queue pair went to ERROR before it was done. */
    public CompletionAssert wasFlushed() {
        return hasStatus(CompletionStatus.FLUSHED);
    }

    /** It ended with that status. */
    public CompletionAssert hasStatus(final CompletionStatus status) {
        return check("status", status, present().status());
    }

    /** It is the request of that number. */
    public CompletionAssert hasWrId(final long wrId) {
        return check("wrId", wrId, present().wrId());
    }

    /** It succeeded and was that kind of request. */
    public CompletionAssert hasOpcode(final CompletionOpcode opcode) {
        succeeded();
        return check("opcode", opcode, present().opcode());
    }

    /** It succeeded with a message of that many bytes. */
    public CompletionAssert hasByteLength(final int bytes) {
        succeeded();
        return check("length in bytes", bytes, present().byteLength());
    }

    /** It is a request of that queue pair. */
    public CompletionAssert isOf(final QueuePair queuePair) {
        return check("queue pair", queuePair.number(), present().queuePairNumber());
    }

    /** It brought a Terminate of that layer, error type and code (RFC 5040 §4.8). */
    public CompletionAssert hasTerminate(final int layer, final int errorType, final int errorCode) {
        final int vendorError = 0x10000 | layer << 12 | errorType << 8 | errorCode;
        return checkTerminate(vendorError);
    }

    /** It brought no Terminate: the error stayed on its side, or there was none. */
    public CompletionAssert hasNoTerminate() {
        return checkTerminate(0);
    }

    private CompletionAssert checkTerminate(final int vendorError) {
        return check("to see", CompletedRequest.terminate(vendorError),
            CompletedRequest.terminate(present().vendorError()));
    }

    private Completion present() {
        isNotNull();
        return actual;
    }

    private CompletionAssert check(final String what, final Object expected, final Object found) {
        if (!Objects.equals(expected, found)) {
            throw failureWithActualExpected(found, expected, "expected %s %s, but was %s%nin the completion %s", what,
                expected, found, CompletedRequest.describe(present()));
        }
        return this;
    }
}
