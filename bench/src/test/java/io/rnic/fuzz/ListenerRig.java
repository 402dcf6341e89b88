package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * A device that listens by TCP, a queue pair to accept with, and memory with guard zones:
 *
 * <pre>
 *   guard | open: the peer may do all | guard | receives | sinks | guard
 * </pre>
 */
final class ListenerRig {
    private static final byte FILLER = 0x77;
    private static final long FILLED = 0x7777777777777777L;
    private static final int PAGE = 4096;
    private static final int LOCAL_AT = 3 * PAGE;
    private static final int RECEIVE_BYTES = 64;
    private static final int SINK_BYTES = 32;
    private static final int MAX_RECEIVES = 3;
    private static final int SINKS_AT = LOCAL_AT + MAX_RECEIVES * RECEIVE_BYTES;
    private static final int BYTES = 5 * PAGE;
    private static final byte[] NOTHING = new byte[0];

    private final MemorySegment memory = Arena.global().allocate(BYTES, PAGE);
    private final Rnic rnic;
    private Listener listener;
    private final Side side;
    private final MemoryRegion local;
    private MemoryRegion open;
    private int sends;
    private int receives;

    /** A device that asks for CRCs only if the peer does. */
    ListenerRig(final String frontEnd, final String threading, final boolean markers) {
        rnic = Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd).with("threading", threading)
            .with("device", "fuzz-" + frontEnd + "-" + markers).with("link", "tcp").with("pinning", "accounted")
            .with("mpa.crc", "false").with("mpa.markers", String.valueOf(markers)));
        side = Side.of(rnic);
        listener = rnic.listen(ConnectedPair.anyPort());
        local = side.domain().registerMemory(memory.asSlice(LOCAL_AT, PAGE), Access.LOCAL_WRITE);
        open = openRegion();
    }

    private MemoryRegion openRegion() {
        return side.domain().registerMemory(memory.asSlice(PAGE, PAGE), Access.values());
    }

    InetSocketAddress address() {
        return listener.address();
    }

    Traffic.Target target() {
        return new Traffic.Target(open.rkey(), open.address(), PAGE, local.lkey(), memory.address() + SINKS_AT,
            SINK_BYTES);
    }

    /** Anew for the next connection: a peer may have invalidated the open region. */
    void begin(final int receiveCount) {
        memory.fill(FILLER);
        sends = 0;
        for (receives = 0; receives < receiveCount; receives++) {
            side.queuePair().postReceive(new ReceiveRequest().receive(receives).sge(
                memory.address() + LOCAL_AT + (long) receives * RECEIVE_BYTES, RECEIVE_BYTES, local.lkey()));
        }
    }

    /** At another port: a request whose end is on its way must not be taken for the next one. */
    void listenAnew() {
        listener.close();
        listener = rnic.listen(ConnectedPair.anyPort());
    }

    ConnectionRequest awaitRequest() throws InterruptedException {
        return Objects.requireNonNull(listener.await(Completions.PATIENCE), "no request came");
    }

    void accept(final ConnectionRequest request) {
        request.accept(side.queuePair(), NOTHING);
    }

    void post(final int reads, final boolean send, final boolean atomic) {
        while (sends < reads) {
            post(new SendRequest().read(sends, 0x1000, 1), SINK_BYTES);
        }
        if (send) {
            post(new SendRequest().send(sends), SINK_BYTES);
        }
        if (atomic) {
            post(new SendRequest().fetchAndAdd(sends, 0x1000, 1, 5), Long.BYTES);
        }
    }

    private void post(final SendRequest request, final int bytes) {
        side.queuePair().postSend(request.sge(memory.address() + SINKS_AT + (long) sends * SINK_BYTES, bytes,
            local.lkey()).signalled(true));
        sends++;
    }

    /** No connection was made: the queue pair goes on as it is. */
    void checkUntouched() {
        assertThat(side.queuePair().state()).isEqualTo(QueuePairState.INIT);
        end();
    }

    /** The connection is over: each request has completed once, in order, and no other memory has changed. */
    void checkEnd() {
        side.awaitState(QueuePairState.ERROR);
        checkOnce(Completions.await(side.sends(), sends), sends);
        checkOnce(Completions.await(side.receives(), receives), receives);
        end();
    }

    private static void checkOnce(final List<CompletedRequest> completed, final int posted) {
        Checks.that(completed.stream().mapToLong(CompletedRequest::wrId).boxed().toList()
            .equals(LongStream.range(0, posted).boxed().toList()), () -> "completed: " + completed);
    }

    private void end() {
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
        final List<CompletedRequest> more = new ArrayList<>(Completions.poll(side.sends()));
        more.addAll(Completions.poll(side.receives()));
        Checks.that(more.isEmpty(), () -> "completed twice: " + more);
        checkUnchanged(0, PAGE);
        checkUnchanged(2 * PAGE, LOCAL_AT);
        checkUnchanged(LOCAL_AT + receives * RECEIVE_BYTES, SINKS_AT);
        checkUnchanged(SINKS_AT + sends * SINK_BYTES, BYTES);
        open.close();
        open = openRegion();
    }

    private void checkUnchanged(final int from, final int to) {
        for (int at = from; at < to; at += Long.BYTES) {
            if (memory.get(ValueLayout.JAVA_LONG, at) != FILLED) {
                throw new AssertionError("memory that is nobody's has changed at " + at);
            }
        }
    }
}
