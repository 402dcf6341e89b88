package io.rnic.user;

import io.rnic.emu.ListenerResource;
import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.host.Deadline;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listener of a user-level process. */
record UserListener(UserRnic rnic, ListenerResource resource) implements Listener {
    @Override
    public InetSocketAddress address() {
        return resource.listening().address();
    }

    @Override
    public @Nullable ConnectionRequest await(final Duration timeout) throws InterruptedException {
        rnic.cross();
        final PendingConnection pending = resource.listening().await(Deadline.nanos(timeout));
        return pending == null ? null : new Request(rnic, address().getPort(), pending);
    }

    @Override
    public void close() {
        rnic.cross();
        resource.close();
    }

    @Override
    public String toString() {
        return resource.usage().name();
    }

    /** A connection that somebody asks this process for. */
    private record Request(UserRnic rnic, int port, PendingConnection pending) implements ConnectionRequest {
        @Override
        public byte[] privateData() {
            return pending.privateData();
        }

        @Override
        public int ord() {
            return pending.reads().ord();
        }

        @Override
        public int ird() {
            return pending.reads().ird();
        }

        @Override
        public void accept(final QueuePair queuePair, final byte[] privateData) {
            Objects.requireNonNull(privateData, "privateData");
            Objects.requireNonNull(queuePair, "queuePair");
            if (!(queuePair instanceof UserQueuePair own) || own.rnic() != rnic) {
                throw UserRnic.foreign("queue pair");
            }
            rnic.cross();
            pending.accept(own.resource(), privateData);
        }

        @Override
        public void reject(final byte[] privateData) {
            rnic.cross();
            pending.reject(privateData);
        }

        @Override
        public String toString() {
            return PendingConnection.text(port, this);
        }
    }
}
