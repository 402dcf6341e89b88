package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;

/** What a key, a domain, an access flag or a bound forbids ends in an error on both sides, and touches no byte. */
class ProtectionTest {
    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        this.pair = pair;
        client = pair.client();
        server = pair.server();
        client.memory().fill((byte) 0x5a);
        server.memory().fill((byte) 0x77);
    }

    /** Terminate as layer, error type, error code (RFC 5040 §4.8); 0 for an error that never left the client. */
    private void expectFailure(final CompletionStatus status, final int terminate) {
        final CompletedRequest done = client.awaitSend();
        final int vendorError = terminate == 0 ? 0 : 0x10000 | terminate;
        if (terminate == 0 || pair.acknowledges()) {
            assertThat(done.status()).isEqualTo(status);
            assertThat(done.vendorError()).isEqualTo(vendorError);
        }
        assertThat(client.awaitDiagnosis().terminate()).isEqualTo(vendorError);
        server.awaitState(QueuePairState.ERROR);
        assertThat(server.bytes(0, Side.REGION_BYTES)).containsOnly(0x77);
        assertThat(client.bytes(0, Side.REGION_BYTES)).containsOnly(0x5a);
    }

    @EveryDoor
    void shouldRefuseALocalKeyThatNobodyHas() {
        client.queuePair().postSend(new SendRequest().write(1, server.region().address(), server.region().rkey())
            .sge(client.region().address(), 8, client.region().lkey() ^ 1));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @EveryDoor
    void shouldRefuseThePrivilegedKey() {
        client.queuePair().postSend(new SendRequest().write(1, server.region().address(), server.region().rkey())
            .sge(client.region().address(), 8, 0));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @EveryDoor
    void shouldRefuseAKeyOfAnotherProcess() {
        client.queuePair().postSend(
            new SendRequest().write(1, server.region().address(), server.region().rkey()).sge(server.region(), 0, 8));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @EveryDoor
    void shouldRefuseLocalBytesOutsideTheRegion() {
        client.write(1, Side.REGION_BYTES - 7, 8, server.region().address(), server.region().rkey());
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @EveryDoor
    void shouldSendNothingOfAGatherWithOneBadPiece() {
        client.queuePair().postSend(new SendRequest().write(1, server.region().address(), server.region().rkey())
            .sge(client.region(), 0, 8).sge(client.region(), -1, 8));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @EveryDoor
    void shouldRefuseRemoteAccessToARegionForLocalUseAlone() {
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE)) {
            client.write(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0102);
        }
    }

    /** What counts is what is allowed when the message comes, and not when its receive was posted. */
    @EveryDoor
    void shouldReceiveIntoARegionThatAllowsItSince() {
        try (MemoryRegion region = server.register(64)) {
            server.queuePair().postReceive(new ReceiveRequest().receive(5).sge(region, 0, 64));
            region.reregister(Access.LOCAL_WRITE);
            client.send(1, 0, 50);
            assertThat(server.awaitReceive().status()).isEqualTo(CompletionStatus.SUCCESS);
            assertThat(region.segment().asSlice(0, 50).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x5a);
        }
    }

    @EveryDoor
    void shouldReadIntoARegionThatAllowsItSince() {
        try (MemoryRegion region = client.register(64); MemoryRegion originals = client.register(64)) {
            client.queuePair().modify(QueuePairState.SQD);
            client.queuePair().postSend(new SendRequest().read(1, server.region().address(), server.region().rkey())
                .sge(region, 0, 8).signalled(true));
            client.queuePair().postSend(new SendRequest()
                .fetchAndAdd(2, server.region().address(), server.region().rkey(), 1).sge(originals, 8, 8)
                .signalled(true));
            region.reregister(Access.LOCAL_WRITE);
            originals.reregister(Access.LOCAL_WRITE);
            client.queuePair().modify(QueuePairState.RTS);
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            assertThat(region.segment().asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x77);
            assertThat(originals.segment().asSlice(8, 8).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x77);
        }
    }

    @EveryDoor
    void shouldSendFromARegionThatIsValidAgain() {
        try (MemoryRegion region = client.register(64)) {
            client.queuePair().postSend(new SendRequest().localInvalidate(1, region.lkey()).signalled(true));
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            client.queuePair().modify(QueuePairState.SQD);
            client.queuePair().postSend(new SendRequest()
                .write(2, server.region().address(), server.region().rkey()).sge(region, 0, 8).signalled(true));
            region.reregister();
            client.queuePair().modify(QueuePairState.RTS);
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        }
    }

    @EveryDoor
    void shouldBindAWindowOnceByTheSameKey() {
        try (MemoryRegion one = server.register(64, Access.LOCAL_WRITE, Access.MW_BIND);
            MemoryRegion two = server.register(64, Access.LOCAL_WRITE, Access.MW_BIND);
            MemoryWindow window = server.domain().allocateMemoryWindow()) {
            final SendRequest[] bindings = {
                new SendRequest().bind(1, window, one, 0, 64, Access.REMOTE_WRITE).signalled(true),
                new SendRequest().bind(2, window, two, 0, 64, Access.REMOTE_WRITE).signalled(true)};
            server.queuePair().postSend(bindings, bindings.length);
            assertThat(server.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            assertThat(server.awaitSend().status()).isEqualTo(CompletionStatus.MEMORY_WINDOW_BIND_ERROR);
            final Diagnosis why = server.awaitDiagnosis();
            assertThat(why.wrId()).isEqualTo(2);
            assertThat(why.check()).isEqualTo(Diagnosis.Check.STAG);
            assertThat(why.stag()).isEqualTo(window.rkey());
        }
    }

    @EveryDoor
    void shouldNotBindAWindowThatIsClosedMeanwhile() {
        client.queuePair().modify(QueuePairState.SQD);
        try (MemoryRegion region = client.register(64, Access.MW_BIND)) {
            final MemoryWindow window = client.domain().allocateMemoryWindow();
            client.queuePair().postSend(
                new SendRequest().bind(5, window, region, 0, 8, Access.REMOTE_READ).signalled(true));
            window.close();
            client.queuePair().modify(QueuePairState.RTS);
            assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.MEMORY_WINDOW_BIND_ERROR);
        }
    }
}
