package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.host.GracePeriod;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer by a stream learns by a Terminate why it is refused, whatever this side's owner does as soon as it knows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminateFirstTest {
    private static final int LENGTH = 100;

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext receiving = nic.queuePair(1, blocks);
    private final HostQueuePair host = nic.host(1, blocks);
    private final RoomyLink link = new RoomyLink();

    /** A Send that comes, of which the engine thinks what it likes. */
    private void receive() {
        final StreamReceiver receiver = new StreamReceiver(nic.engine, receiving);
        final int length = DdpHeader.UNTAGGED_LENGTH + LENGTH;
        final MemorySegment ulpdu = Arena.ofAuto().allocate(length);
        DdpHeader.writeUntagged(ulpdu, 0, RdmapOpcode.SEND, true, 0, 1, 0);
        nic.engine.arrived(receiving, receiver, () -> {
            assertThat(receiver.begin(ulpdu, 0, length)).isEqualTo(Terminate.NONE);
            receiver.fail(receiver.payload(ulpdu, DdpHeader.UNTAGGED_LENGTH, LENGTH));
        });
    }

    @Test
    void shouldTellThePeerBeforeTheReceiveCompletesInError() {
        receiving.connect(link);
        EngineParts.ready(receiving);
        host.receives().post(new ReceiveRequest().receive(5).sge(nic.region.address(), 8, nic.region.stag()));
        final List<Integer> terminates = new ArrayList<>();
        link.onTerminate = code -> {
            terminates.add(code);
            if (terminates.size() == 1) {
                assertThat(nic.reader.unpolled()).isZero();
                assertThat(receiving.state()).isEqualTo(QueuePairState.RTS);
            }
        };
        link.onDisconnect = () -> assertThat(terminates).isNotEmpty();
        receive();
        assertThat(terminates).isNotEmpty().containsOnly(TerminateCode.MESSAGE_TOO_LONG);
        assertThat(nic.reader.unpolled()).isEqualTo(1);
        assertThat(receiving.state()).isEqualTo(QueuePairState.ERROR);
    }

    /** No receive is posted; the owner closes the queue pair in the moment before the Terminate leaves. */
    @Test
    void shouldEndTheConnectionBehindATerminateThatIsJustBeingMade() throws InterruptedException {
        receiving.connect(link);
        EngineParts.ready(receiving);
        final List<String> left = Collections.synchronizedList(new ArrayList<>());
        final Thread closer = new Thread(() -> nic.engine.destroy(receiving));
        link.onDisconnect = () -> left.add("end");
        link.onTerminate = code -> {
            closer.start();
            awaitWaiting(closer, left);
            left.add(TerminateCode.text(code));
        };
        receive();
        closer.join();
        assertThat(left).containsExactly(TerminateCode.text(TerminateCode.NO_BUFFER), "end");
    }

    /** Until it waits for those who do the NIC's work, or has ended the connection. */
    @SuppressWarnings("ThreadPriorityCheck") // the other thread needs this core
    private static void awaitWaiting(final Thread closer, final List<String> left) {
        while (left.isEmpty() && Arrays.stream(closer.getStackTrace())
            .noneMatch(frame -> frame.getClassName().equals(GracePeriod.class.getName()))) {
            Thread.yield();
        }
    }
}
