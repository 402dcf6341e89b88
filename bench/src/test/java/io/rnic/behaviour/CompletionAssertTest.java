package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.CompletionAssert;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CompletionAssertTest {
    private static final CompletedRequest DONE =
        new CompletedRequest(7, CompletionStatus.SUCCESS, CompletionOpcode.RECEIVE, 100, 3, 0);
    private static final CompletedRequest REFUSED =
        new CompletedRequest(8, CompletionStatus.REMOTE_ACCESS_ERROR, CompletionOpcode.RDMA_WRITE, 0, 3, 0x10102);

    record Failing(CompletedRequest of, Consumer<CompletionAssert> claim, String message) {
    }

    static final List<Failing> FAILING = List.of(
        new Failing(REFUSED, CompletionAssert::succeeded, "expected status SUCCESS, but was REMOTE_ACCESS_ERROR"),
        new Failing(DONE, CompletionAssert::wasFlushed, "expected status FLUSHED, but was SUCCESS"),
        new Failing(DONE, claim -> claim.hasWrId(8), "expected wrId 8, but was 7"),
        new Failing(DONE, claim -> claim.hasOpcode(CompletionOpcode.SEND), "expected opcode SEND, but was RECEIVE"),
        new Failing(REFUSED, claim -> claim.hasOpcode(CompletionOpcode.RDMA_WRITE), "expected status SUCCESS"),
        new Failing(DONE, claim -> claim.hasByteLength(99), "expected length in bytes 99, but was 100"),
        new Failing(DONE, claim -> claim.hasTerminate(0, 1, 2), "Terminate 0/1/2, but was no Terminate"),
        new Failing(REFUSED, claim -> claim.hasTerminate(0, 1, 1), "Terminate 0/1/1, but was Terminate 0/1/2"),
        new Failing(REFUSED, CompletionAssert::hasNoTerminate, "no Terminate, but was Terminate 0/1/2"));

    @Test
    void shouldHoldOfWhatIsTrue() {
        assertThat(DONE).succeeded().hasWrId(7).hasOpcode(CompletionOpcode.RECEIVE).hasByteLength(100)
            .hasNoTerminate();
        assertThat(REFUSED).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR).hasTerminate(0, 1, 2);
    }

    @ParameterizedTest
    @FieldSource("FAILING")
    void shouldFailAndShowTheCompletion(final Failing failing) {
        assertThatThrownBy(() -> failing.claim.accept(assertThat(failing.of)))
            .isInstanceOf(AssertionError.class).hasMessageContainingAll(failing.message, failing.of.toString());
    }

    @Test
    void shouldShowWhatIsValidOfACompletion() {
        Assertions.assertThat(Stream.of(DONE, REFUSED).map(CompletedRequest::toString)).containsExactly(
            "wrId=7 of queue pair 3: SUCCESS, RECEIVE of 100 bytes",
            "wrId=8 of queue pair 3: REMOTE_ACCESS_ERROR, Terminate 0/1/2");
    }
}
