package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.SendRequest;
import org.junit.jupiter.api.BeforeEach;

/**
 * STags that are made invalid and windows that are bound anew while a peer writes at full speed: 47, 49, 50. On
 * loopback in INVOKER, where two threads meet, a request that does not wait for the other is seen nearly each time. In
 * DEDICATED one thread does both; over TCP a segment is placed in so short a time that it is seen by luck:
 * {@code io.rnic.emu.engine.InvalidationByStreamTest} holds a thread in the middle for that.
 */
class RevokedUnderWritesTest {
    private static final Access[] WRITABLE = {Access.LOCAL_WRITE, Access.REMOTE_WRITE};
    private static final Access[] BINDABLE = {Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.MW_BIND};

    /** So many in a row that over TCP this thread reads the connection itself, while the loop places the Writes. */
    private static final int POLLS = 100;

    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair given) {
        pair = given;
        client = pair.client();
        server = pair.server();
    }

    private void expectDone(final SendRequest request) {
        server.queuePair().postSend(request.signalled(true));
        assertThat(server.awaitSend()).succeeded();
    }

    private void invalidateFromTheClient(final int rkey) {
        server.receive(1, 0, 8);
        for (int i = 0; i < POLLS; i++) {
            assertThat(Completions.poll(server.receives())).isEmpty();
        }
        client.queuePair().postSend(new SendRequest().sendWithInvalidate(2, rkey));
        assertThat(server.awaitReceive().invalidatedStag()).isEqualTo(rkey);
    }

    @EveryDoor
    void c47_noByteIsPlacedThroughTheStagOnceTheReceiveIsPolled() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            try (MemoryRegion region = PeerWrites.region(pair, WRITABLE)) {
                PeerWrites.expectNoneAfter(pair, region, region.rkey(), Check.STAG,
                    () -> invalidateFromTheClient(region.rkey()));
            }
        }
    }

    @EveryDoor
    void c49_noByteIsPlacedThroughTheStagOnceTheInvalidationIsPolled() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            try (MemoryRegion region = PeerWrites.region(pair, WRITABLE)) {
                PeerWrites.expectNoneAfter(pair, region, region.rkey(), Check.STAG,
                    () -> expectDone(new SendRequest().localInvalidate(1, region.rkey())));
            }
        }
    }

    /** What takes the key of a window away that is bound to all of a region. */
    private interface Change {
        SendRequest of(MemoryWindow window, MemoryRegion region);
    }

    private void expectNoneAfter(final Change change) throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            whileBound((window, region) -> PeerWrites.expectNoneAfter(pair, region, window.rkey(), Check.STAG,
                () -> expectDone(change.of(window, region))));
        }
    }

    private interface WithWindow {
        void run(MemoryWindow window, MemoryRegion region) throws Exception;
    }

    private void whileBound(final WithWindow test) throws Exception {
        try (MemoryRegion region = PeerWrites.region(pair, BINDABLE);
            MemoryWindow window = server.domain().allocateMemoryWindow()) {
            expectDone(new SendRequest().bind(1, window, region, 0, region.length(), Access.REMOTE_WRITE));
            test.run(window, region);
        }
    }

    @EveryDoor
    void c50_noByteIsPlacedThroughAWindowOnceItsInvalidationIsPolled() throws Exception {
        expectNoneAfter((window, region) -> new SendRequest().localInvalidate(1, window.rkey()));
    }

    @EveryDoor
    void c50_noByteIsPlacedThroughTheOldKeyOnceAnotherBindingIsPolled() throws Exception {
        expectNoneAfter((window, region) ->
            new SendRequest().bind(1, window, region, 0, region.length(), Access.REMOTE_WRITE));
    }

    @EveryDoor
    void c50_noByteIsPlacedThroughTheOldKeyOnceTheUnbindingIsPolled() throws Exception {
        expectNoneAfter((window, region) -> new SendRequest().bind(1, window, region, 0, 0));
    }

    @EveryDoor
    void c50_noByteIsPlacedThroughAWindowOnceThePeersInvalidationIsPolled() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            whileBound((window, region) -> PeerWrites.expectNoneAfter(pair, region, window.rkey(), Check.STAG,
                () -> invalidateFromTheClient(window.rkey())));
        }
    }

    @EveryDoor
    void c50_noByteIsPlacedThroughAWindowOnceItsDeallocationHasReturned() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            try (MemoryRegion region = PeerWrites.region(pair, BINDABLE)) {
                final MemoryWindow window = server.domain().allocateMemoryWindow();
                expectDone(new SendRequest().bind(1, window, region, 0, region.length(), Access.REMOTE_WRITE));
                PeerWrites.expectNoneAfter(pair, region, window.rkey(), Check.STAG, window::close);
            }
        }
    }
}
