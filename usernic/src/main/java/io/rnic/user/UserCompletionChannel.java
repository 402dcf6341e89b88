package io.rnic.user;

import io.rnic.emu.ChannelResource;
import io.rnic.emu.host.Deadline;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A completion channel of a user-level process: waiting is a system call in either front end. */
record UserCompletionChannel(UserRnic rnic, ChannelResource resource) implements CompletionChannel {
    @Override
    public @Nullable CompletionQueue await(final Duration timeout) throws InterruptedException {
        rnic.cross();
        return rnic.completionQueue(resource.channel().await(Deadline.nanos(timeout)));
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
}
