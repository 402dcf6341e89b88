package io.rnic.emu.connection;

import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.Capture;
import io.rnic.emu.link.CapturedConnection;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Within a device: both sides look at the same {@link PendingConnection}.
 *
 * @param ports   of the device
 * @param asking  who asks
 * @param remote  for whom
 * @param request the set-up frame that there would be, for a capture
 */
record LoopbackPath(Ports ports, Endpoint asking, InetSocketAddress remote, SetUp request) implements ConnectionPath {
    @Override
    public void accept(final Endpoint accepting, final byte[] privateData) {
        if (accepting.nic().number() == asking.nic().number()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, accepting + " cannot accept itself");
        }
        accepting.checkConnectable();
        final ReadLimits asked = asking.nic().reads();
        final ReadLimits agreed = accepting.nic().reads().agreedWith(asked);
        LoopbackLink.connect(ports.engine(), ports.faults(),
            captured(request.accept(false, true, EnhancedData.ofDepths(agreed.ird(), agreed.ord()), privateData)),
            asking.nic(), accepting.nic());
        asking.nic().agree(asked.agreedWith(accepting.nic().reads()));
        accepting.nic().agree(agreed);
        // Under the connection lock nothing else moves them out of INIT.
        accepting.nic().move(QueuePairState.INIT, QueuePairState.RTS);
        asking.nic().move(QueuePairState.INIT, QueuePairState.RTS);
    }

    @Override
    public void reject(final byte[] privateData) {
        // The asking side looks at the same object.
        captured(request.reject(false, true, EnhancedData.ofDepths(0, 0), privateData));
    }

    /** The set-up as a capture shows it; null if nothing is captured. */
    private @Nullable CapturedConnection captured(final SetUp reply) {
        final Capture capture = ports.capture();
        return capture == null ? null : capture.connection(remote, request, reply);
    }

    @Override
    public void withdraw() {
        // As above.
    }
}
