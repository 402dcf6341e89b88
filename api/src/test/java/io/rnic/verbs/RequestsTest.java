package io.rnic.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final SendRequest request = new SendRequest();

    private void fill() {
        request.write(7, 8, 9).signalled(true).sge(1, 2, 3).sge(4, 5, 6)
            .inline(MemorySegment.ofArray(new byte[4]), 1, 2);
    }

    private void assertEmptyAfter(final UnaryOperator<SendRequest> start, final Opcode opcode, final long remote) {
        fill();
        assertThat(start.apply(request)).isSameAs(request);
        assertThat(request.opcode()).isEqualTo(opcode);
        assertThat(request.wrId()).isEqualTo(-1);
        assertThat(request.remoteAddress()).isEqualTo(remote);
        assertThat(request.rkey()).isEqualTo((int) remote);
        assertThat(request.signalled()).isFalse();
        assertThat(request.sges().count()).isZero();
        assertThat(request.inlineSegment()).isNull();
        assertThat(request.inlineOffset()).isZero();
        assertThat(request.inlineLength()).isZero();
    }

    @Test
    void shouldForgetEverythingWhenItIsStartedAfresh() {
        assertEmptyAfter(r -> r.send(-1), Opcode.SEND, 0);
        assertEmptyAfter(r -> r.write(-1, 5, 5), Opcode.RDMA_WRITE, 5);
        assertEmptyAfter(r -> r.read(-1, 6, 6), Opcode.RDMA_READ, 6);
    }

    @Test
    void shouldHaveAnotherRevisionAfterEachChange() {
        final MemorySegment data = MemorySegment.ofArray(new byte[4]);
        final List<UnaryOperator<SendRequest>> changes = List.of(r -> r.send(1), r -> r.write(1, 2, 3),
            r -> r.read(1, 2, 3), r -> r.fetchAndAdd(1, 2, 3, 4), r -> r.compareAndSwap(1, 2, 3, 4, 5),
            r -> r.sendWithImmediate(1, 2), r -> r.writeWithImmediate(1, 2, 3, 4), r -> r.sendWithInvalidate(1, 2),
            r -> r.localInvalidate(1, 2), r -> r.start(Opcode.SEND, 1, 2, 3, SendRequest.FENCED), r -> r.sge(1, 2, 3),
            r -> r.inline(data, 0, 1), r -> r.signalled(true), r -> r.solicited(true), r -> r.fenced(true),
            r -> r.operands(1, 2));
        final Set<Long> revisions = new HashSet<>(Set.of(request.revision()));
        for (int i = 0; i < changes.size(); i++) {
            assertThat(revisions.add(changes.get(i).apply(request).revision())).as("change %d", i).isTrue();
        }
        final long unread = request.revision();
        request.sges().count();
        assertThat(request.revision()).as("only looked at").isEqualTo(unread);
    }

    @Test
    void shouldHaveAnotherRevisionAfterEachChangeOfAReceive() {
        final ReceiveRequest receive = new ReceiveRequest();
        final Set<Long> revisions = new HashSet<>(Set.of(receive.revision()));
        assertThat(revisions.add(receive.receive(1).revision())).isTrue();
        assertThat(revisions.add(receive.sge(1, 2, 3).revision())).isTrue();
        assertThat(revisions.add(receive.sge(1, 2, 3).revision())).isTrue();
        assertThat(revisions.add(receive.receive(1).revision())).isTrue();
    }

    @Test
    void shouldHoldWhatItWasGiven() {
        fill();
        assertThat(request.sges().count()).isEqualTo(2);
        assertThat(request.inlineSegment()).isNotNull();
        assertThat(request.inlineOffset()).isEqualTo(1);
        assertThat(request.inlineLength()).isEqualTo(2);
        assertThat(request.signalled()).isTrue();
    }

    @Test
    void shouldStartAReceiveAfresh() {
        final ReceiveRequest receive = new ReceiveRequest().receive(1).sge(1, 2, 3);
        assertThat(receive.receive(2).sges().count()).isZero();
        assertThat(receive.wrId()).isEqualTo(2);
    }

    @Test
    void shouldKeepAllPiecesInOrderWhileTheListGrows() {
        final SgeList list = request.send(1).sges();
        for (int round = 0; round < 3; round++) {
            request.send(round);
            for (int i = 0; i < 1_000; i++) {
                request.sge(Long.MAX_VALUE - i, i - 500, i * 31);
            }
            assertThat(list.count()).isEqualTo(1_000);
            for (int i = 0; i < 1_000; i++) {
                assertThat(list.address(i)).isEqualTo(Long.MAX_VALUE - i);
                assertThat(list.length(i)).isEqualTo(i - 500);
                assertThat(list.lkey(i)).isEqualTo(i * 31);
            }
        }
    }
}
