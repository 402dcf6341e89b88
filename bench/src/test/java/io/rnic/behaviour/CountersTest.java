package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.testing.Await;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;

/** What a device counts of requests that are refused is the same on every link; its two queue pairs are one sum. */
class CountersTest {
    private static void expect(final Rnic rnic, final String name, final long count) {
        Await.until(name + " is " + count, () -> count(rnic, name) == count);
    }

    private static long count(final Rnic rnic, final String name) {
        return rnic.counters().getOrDefault("device." + name, -1L);
    }

    private static void expectRefusal(final ConnectedPair pair) {
        pair.client().awaitSend();
        pair.client().awaitDiagnosis();
        pair.server().awaitDiagnosis();
        expect(pair.client().rnic(), "terminates", 1);
        expect(pair.client().rnic(), "errors", 1);
    }

    /** Each as often as it was done, with its bytes, and no other. */
    @EveryDoor
    void shouldCountWhatIsDone(final ConnectedPair pair) {
        final Side client = pair.client();
        final MemoryRegion target = pair.server().region();
        pair.server().receive(1, 0, 100);
        pair.server().receive(2, 0, 100);
        pair.server().receive(3, 0, 100);
        client.send(1, 0, 8);
        client.send(2, 0, 50);
        client.write(3, 0, 16, target.address(), target.rkey());
        client.write(4, 0, 16, target.address(), target.rkey());
        client.write(5, 0, 0, target.address(), target.rkey());
        client.read(6, 0, 24, target.address(), target.rkey());
        client.queuePair().postSend(new SendRequest().fetchAndAdd(7, target.address(), target.rkey(), 1)
            .sge(client.region(), 0, 8).signalled(true));
        for (int i = 1; i <= 7; i++) {
            assertThat(client.awaitSend().wrId()).isEqualTo(i);
        }
        expectDone(client.rnic(), 0);
        client.queuePair().disconnect();
        expectDone(client.rnic(), 1);
    }

    private static void expectDone(final Rnic rnic, final long flushed) {
        final Map<String, Long> counts = Map.ofEntries(Map.entry("sends", 2L), Map.entry("sendBytes", 58L),
            Map.entry("receives", 2L), Map.entry("receiveBytes", 58L), Map.entry("writes", 3L),
            Map.entry("writeBytes", 32L), Map.entry("reads", 1L), Map.entry("readBytes", 24L),
            Map.entry("atomics", 1L), Map.entry("stagChanges", 0L), Map.entry("errors", 0L),
            Map.entry("terminates", 0L), Map.entry("flushed", flushed));
        counts.forEach((name, count) -> expect(rnic, name, count));
    }

    @EveryDoor
    void shouldCountAWriteThatIsRefused(final ConnectedPair pair) {
        pair.client().write(1, 0, 8, pair.server().region().address(), pair.server().region().rkey() + 1);
        expectRefusal(pair);
    }

    @EveryDoor
    void shouldCountASendThatIsTooLong(final ConnectedPair pair) {
        pair.server().receive(1, 0, 8);
        pair.client().send(2, 0, 100);
        expectRefusal(pair);
    }

    @EveryDoor
    void shouldCountAReadThatIsRefused(final ConnectedPair pair) {
        try (MemoryRegion local = pair.server().register(64, Access.LOCAL_WRITE)) {
            pair.client().read(1, 0, 8, local.address(), local.rkey());
            expectRefusal(pair);
        }
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, faults = "terminate:1=0/1/2")
    void shouldCountATerminateThatWasAskedFor(final ConnectedPair pair) {
        pair.client().write(1, 0, 8, pair.server().region().address(), pair.server().region().rkey());
        expectRefusal(pair);
    }

    @EveryDoor
    void shouldCountNoTerminateWhereNoneIsSent(final ConnectedPair pair) {
        pair.client().write(1, Side.REGION_BYTES - 4, 8, 0, 0);
        pair.client().awaitSend();
        pair.server().awaitDiagnosis();
        expect(pair.client().rnic(), "errors", 1);
        assertThat(count(pair.client().rnic(), "terminates")).isZero();
    }

    /** It is about nothing that this side has asked for. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp")
    void shouldCountNoTerminateThatThePeerSends(final Rnic rnic) throws IOException, InterruptedException {
        try (Side side = Side.of(rnic); Listener listener = rnic.listen(ConnectedPair.anyPort());
            RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            final byte[] ulpdu = new byte[DdpHeader.UNTAGGED_LENGTH + TerminateHeader.MAX_LENGTH];
            final MemorySegment bytes = MemorySegment.ofArray(ulpdu);
            DdpHeader.writeUntagged(bytes, 0, RdmapOpcode.TERMINATE, true, 0, 1, 0);
            final int length =
                TerminateHeader.write(bytes, DdpHeader.UNTAGGED_LENGTH, TerminateCode.STREAM_CATASTROPHIC);
            peer.send(RawPeer.fpdu(Arrays.copyOf(ulpdu, DdpHeader.UNTAGGED_LENGTH + length)));
            assertThat(side.awaitDiagnosis().terminate()).isEqualTo(TerminateCode.STREAM_CATASTROPHIC);
            assertThat(count(rnic, "terminates")).isZero();
            assertThat(count(rnic, "errors")).isZero();
        }
    }
}
