package io.rnic.bench.example;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;

class GreetingTest {
    @RnicTest
    void shouldArriveWhereTheReceiveSays(final ConnectedPair pair) {
        pair.client().memory().setString(0, "hello, RDMA");
        pair.server().receive(1, 100, 64);

        pair.client().send(2, 0, 12);

        assertThat(pair.server().awaitReceive()).succeeded().hasWrId(1).hasByteLength(12);
        assertThat(pair.client().awaitSend()).succeeded().hasWrId(2);
        assertThat(pair.server().memory().getString(100)).isEqualTo("hello, RDMA");
    }

    @RnicTest(threading = {"invoker", "dedicated"})
    void shouldNotFitIntoAReceiveThatIsTooSmall(final ConnectedPair pair) {
        try (MemoryRegion small = pair.server().register(8, Access.LOCAL_WRITE)) {
            pair.server().queuePair().postReceive(new ReceiveRequest().receive(1).sge(small, 0, 8));

            pair.client().send(2, 0, 12);

            assertThat(pair.server().awaitReceive()).hasStatus(CompletionStatus.LOCAL_LENGTH_ERROR);
            assertThat(pair.client().awaitSend()).hasTerminate(1, 2, 5); // DDP, untagged, message too long
        }
    }
}
