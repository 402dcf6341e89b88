package io.rnic.kernel;

import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.host.Deadline;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listener by its handle. */
record KernelListener(KernelRnic rnic, int handle, InetSocketAddress address) implements Listener {
    @Override
    public @Nullable ConnectionRequest await(final Duration timeout) throws InterruptedException {
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putLong(Deadline.nanos(timeout));
        final int request = (int) rnic.calls().callWaiting(SystemCall.AWAIT_REQUEST, block);
        return request == 0 ? null
            : new Request(rnic, request, address.getPort(), block.getBytes(), block.getInt(), block.getInt());
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }

    @Override
    public String toString() {
        return "listener on port " + address.getPort();
    }

    /** A connection that somebody asks this process for, by its handle, which the kernel forgets with the answer. */
    private static final class Request implements ConnectionRequest {
        private final KernelRnic rnic;
        private final int handle;
        private final int port;
        private final byte[] data;
        private final int ord;
        private final int ird;
        private volatile String answer = "";

        Request(final KernelRnic rnic, final int handle, final int port, final byte[] data, final int ord,
            final int ird) {
            this.rnic = rnic;
            this.handle = handle;
            this.port = port;
            this.data = data;
            this.ord = ord;
            this.ird = ird;
        }

        @Override
        public byte[] privateData() {
            return data.clone();
        }

        @Override
        public int ord() {
            return ord;
        }

        @Override
        public int ird() {
            return ird;
        }

        @Override
        public void accept(final QueuePair queuePair, final byte[] privateData) {
            Objects.requireNonNull(privateData, "privateData");
            Objects.requireNonNull(queuePair, "queuePair");
            if (!(queuePair instanceof KernelQueuePair own) || own.rnic() != rnic) {
                throw KernelRnic.foreign("queue pair");
            }
            answer(SystemCall.ACCEPT, rnic.calls().block().putInt(handle).putInt(own.handle()), privateData);
        }

        @Override
        public void reject(final byte[] privateData) {
            answer(SystemCall.REJECT, rnic.calls().block().putInt(handle), privateData);
        }

        private void answer(final int call, final ArgumentBlock block, final byte[] privateData) {
            if (!answer.isEmpty()) {
                throw new RnicException(RnicError.INVALID_STATE, "the request is answered already: " + answer);
            }
            rnic.calls().call(call, KernelRnic.putPrivateData(block, privateData));
            answer = call == SystemCall.ACCEPT ? "ACCEPTED" : "REJECTED";
        }

        @Override
        public String toString() {
            return PendingConnection.text(port, this);
        }
    }
}
