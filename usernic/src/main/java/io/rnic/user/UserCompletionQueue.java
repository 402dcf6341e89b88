package io.rnic.user;

import io.rnic.emu.CompletionQueueResource;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import java.util.Objects;

/** A completion queue that the application polls in memory. */
final class UserCompletionQueue implements CompletionQueue {
    private final UserRnic rnic;
    private final CompletionQueueResource resource;
    private final CompletionReader reader;

    UserCompletionQueue(final UserRnic rnic, final CompletionQueueResource resource) {
        this.rnic = rnic;
        this.resource = resource;
        this.reader = resource.reader();
    }

    UserRnic rnic() {
        return rnic;
    }

    CompletionQueueResource resource() {
        return resource;
    }

    @Override
    public int capacity() {
        return resource.capacity();
    }

    @Override
    public int poll(final CompletionHandler handler, final int limit) {
        Objects.requireNonNull(handler, "handler");
        return reader.poll(handler, limit);
    }

    @Override
    public void requestNotification(final boolean solicitedOnly) {
        resource.arm(solicitedOnly);
    }

    @Override
    public void resize(final int capacity) {
        rnic.cross();
        resource.resize(capacity);
    }

    @Override
    public CompletionQueueAttributes query() {
        rnic.cross();
        return resource.query();
    }

    @Override
    public void close() {
        rnic.cross();
        resource.close();
        rnic.forget(this);
    }

    @Override
    public String toString() {
        return resource.usage().name();
    }
}
