package io.rnic.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The numbers of infiniband/verbs.h, written down a second time. */
class CodesTest {
    private static <E extends Enum<E>> Map<String, Integer> codes(final E[] constants, final Function<E,
        Integer> code) {
        return Arrays.stream(constants).collect(Collectors.toMap(Enum::name, code));
    }

    @Test
    void shouldNumberOpcodesAsIbvWrOpcode() {
        assertThat(codes(Opcode.values(), Opcode::code))
            .isEqualTo(Map.of("RDMA_WRITE", 0, "RDMA_WRITE_WITH_IMMEDIATE", 1, "SEND", 2, "SEND_WITH_IMMEDIATE", 3,
                "RDMA_READ", 4, "ATOMIC_COMPARE_AND_SWAP", 5, "ATOMIC_FETCH_AND_ADD", 6, "LOCAL_INVALIDATE", 7,
                "BIND_MEMORY_WINDOW", 8, "SEND_WITH_INVALIDATE", 9));
        for (final Opcode opcode : Opcode.values()) {
            assertThat(Opcode.of(opcode.code())).isEqualTo(opcode);
        }
        for (final int unknown : new int[] {-1, 10, 15, 16, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(Opcode.of(unknown)).isNull();
        }
    }

    @Test
    void shouldNumberCompletionOpcodesAsIbvWcOpcode() {
        assertThat(codes(CompletionOpcode.values(), CompletionOpcode::code))
            .isEqualTo(Map.of("SEND", 0, "RDMA_WRITE", 1, "RDMA_READ", 2, "ATOMIC_COMPARE_AND_SWAP", 3,
                "ATOMIC_FETCH_AND_ADD", 4, "BIND_MEMORY_WINDOW", 5, "LOCAL_INVALIDATE", 6, "RECEIVE", 128,
                "RECEIVE_RDMA_WITH_IMMEDIATE", 129));
        for (final CompletionOpcode opcode : CompletionOpcode.values()) {
            assertThat(CompletionOpcode.of(opcode.code())).isEqualTo(opcode);
            assertThat(opcode.isReceive()).isEqualTo(opcode.name().startsWith("RECEIVE"));
        }
        assertThatThrownBy(() -> CompletionOpcode.of(7)).hasMessage("unknown completion opcode: code=7");
    }

    @Test
    void shouldNumberStatusesAsIbvWcStatus() {
        assertThat(codes(CompletionStatus.values(), CompletionStatus::code)).isEqualTo(Map.ofEntries(
            Map.entry("SUCCESS", 0), Map.entry("LOCAL_LENGTH_ERROR", 1), Map.entry("LOCAL_QP_OPERATION_ERROR", 2),
            Map.entry("LOCAL_PROTECTION_ERROR", 4), Map.entry("FLUSHED", 5), Map.entry("MEMORY_WINDOW_BIND_ERROR", 6),
            Map.entry("BAD_RESPONSE_ERROR", 7), Map.entry("REMOTE_INVALID_REQUEST_ERROR", 9),
            Map.entry("REMOTE_ACCESS_ERROR", 10), Map.entry("REMOTE_OPERATION_ERROR", 11),
            Map.entry("GENERAL_ERROR", 21)));
        for (final CompletionStatus status : CompletionStatus.values()) {
            assertThat(CompletionStatus.of(status.code())).isEqualTo(status);
        }
        for (final int unknown : new int[] {-1, 3, 22, 32, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(CompletionStatus.of(unknown)).isEqualTo(CompletionStatus.GENERAL_ERROR);
        }
    }

    @Test
    void shouldNumberAsynchronousEventsAsIbvEventTypeAndRdmaCmEventType() {
        assertThat(codes(AsyncEventType.values(), AsyncEventType::code)).isEqualTo(Map.of("CQ_ERR", 0, "QP_FATAL", 1,
            "QP_REQ_ERR", 2, "QP_ACCESS_ERR", 3, "SQ_DRAINED", 5, "SRQ_LIMIT_REACHED", 15, "QP_LAST_WQE_REACHED", 16,
            "DISCONNECTED", 256 + 10));
        for (final AsyncEventType type : AsyncEventType.values()) {
            assertThat(AsyncEventType.of(type.code())).isEqualTo(type);
        }
        assertThatThrownBy(() -> AsyncEventType.of(4)).hasMessage("unknown asynchronous event: code=4");
    }

    @Test
    void shouldNumberStatesAsIbvQpState() {
        assertThat(codes(QueuePairState.values(), QueuePairState::code))
            .isEqualTo(Map.of("RESET", 0, "INIT", 1, "RTS", 3, "SQD", 4, "ERROR", 6));
        for (final QueuePairState state : QueuePairState.values()) {
            assertThat(QueuePairState.of(state.code())).isEqualTo(state);
        }
        for (final int unknown : new int[] {-1, 2, 5, 7, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> QueuePairState.of(unknown))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("unknown queue pair state: code=" + unknown);
        }
    }

    @Test
    void shouldNumberAccessAsIbvAccessFlags() {
        assertThat(codes(Access.values(), Access::bit))
            .isEqualTo(Map.of("LOCAL_WRITE", 1, "REMOTE_WRITE", 2, "REMOTE_READ", 4, "REMOTE_ATOMIC", 8,
                "MW_BIND", 16));
        assertThat(Access.bits()).isZero();
        assertThat(Access.bits(Access.REMOTE_READ, Access.LOCAL_WRITE, Access.LOCAL_WRITE)).isEqualTo(5);
    }

    @Test
    void shouldBringEachSetOfFlagsBackFromItsBits() {
        for (int bits = 0; bits < 32; bits++) {
            final Set<Access> flags = Access.of(bits);
            assertThat(Access.bits(flags)).isEqualTo(bits);
            assertThat(Access.of(bits)).as("no set is made").isSameAs(flags);
            assertThat(List.copyOf(flags)).isSorted();
            assertThatThrownBy(() -> flags.add(Access.LOCAL_WRITE)).isInstanceOf(UnsupportedOperationException.class);
        }
        assertThat(Access.of(-1)).as("bits that are no flag's").containsExactly(Access.values());
    }

    @Test
    void shouldKeepFlagsAsTheyWereGiven() {
        final Set<Access> flags = EnumSet.of(Access.LOCAL_WRITE, Access.REMOTE_READ);
        final MemoryRegionAttributes region = new MemoryRegionAttributes(0, 1, 2, 3, flags, 4);
        final QueuePairAttributes queuePair =
            new QueuePairAttributes(1, QueuePairState.INIT, 0, 1, 1, 1, 1, 0, false, 0, 0, 1, 1, flags);
        flags.clear();
        assertThat(region.access()).containsExactly(Access.LOCAL_WRITE, Access.REMOTE_READ);
        assertThat(queuePair.access()).containsExactly(Access.LOCAL_WRITE, Access.REMOTE_READ);
    }

    @Test
    void shouldKnowTheErrnoOfLinux() {
        assertThat(codes(RnicError.values(), RnicError::errno)).containsEntry("INVALID_ARGUMENT", 22)
            .containsEntry("CLOSED", 9).containsEntry("BUSY", 16).containsEntry("QUEUE_FULL", 12)
            .containsEntry("POLICY", 1).containsEntry("ADDRESS_IN_USE", 98).containsEntry("CONNECTION_REFUSED", 111)
            .containsEntry("TIMED_OUT", 110).containsEntry("NO_FRONT_END", 19);
    }

    @Test
    void shouldKeepThePrivateDataOfARejectionToItself() {
        final byte[] said = {1, 2};
        final RejectedException rejected = new RejectedException("no", said);
        said[0] = 9;
        rejected.privateData()[1] = 9;
        assertThat(rejected.privateData()).containsExactly(1, 2);
        assertThat(rejected.error()).isEqualTo(RnicError.CONNECTION_REJECTED);
    }
}
