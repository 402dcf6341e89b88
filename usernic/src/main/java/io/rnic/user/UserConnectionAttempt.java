package io.rnic.user;

import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.host.Deadline;
import io.rnic.verbs.ConnectionAttempt;
import java.time.Duration;

/** A connection that a user-level process asked for. */
record UserConnectionAttempt(UserRnic rnic, PendingConnection pending) implements ConnectionAttempt {
    @Override
    public byte[] await(final Duration timeout) throws InterruptedException {
        rnic.cross();
        return pending.await(Deadline.nanos(timeout));
    }

    @Override
    public void close() {
        rnic.cross();
        pending.withdraw();
    }
}
