package io.rnic.user;

import io.rnic.emu.SharedReceiveQueueResource;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SharedReceiveQueue;
import io.rnic.verbs.SharedReceiveQueueAttributes;
import java.util.Objects;

/** A shared receive queue that the application has mapped. */
final class UserSharedReceiveQueue implements SharedReceiveQueue {
    private final UserRnic rnic;
    private final SharedReceiveQueueResource resource;
    private final HostSharedReceives host;

    UserSharedReceiveQueue(final UserRnic rnic, final SharedReceiveQueueResource resource) {
        this.rnic = rnic;
        this.resource = resource;
        this.host = resource.host();
    }

    UserRnic rnic() {
        return rnic;
    }

    SharedReceiveQueueResource resource() {
        return resource;
    }

    @Override
    public int number() {
        return resource.number();
    }

    @Override
    public void postReceive(final ReceiveRequest request) {
        final PostResult result = host.post(Objects.requireNonNull(request, "request"));
        if (result != PostResult.OK) {
            throw host.refusal(result, request, 0);
        }
    }

    @Override
    public void postReceive(final ReceiveRequest[] requests, final int count) {
        PostLists.check(requests, count);
        final long outcome = host.post(requests, count);
        if (!PostLists.isWhole(outcome)) {
            final int posted = PostLists.posted(outcome);
            throw host.refusal(PostLists.last(outcome), requests[posted], posted);
        }
    }

    @Override
    public int space() {
        resource.usage().checkOpen();
        return host.space();
    }

    @Override
    public void armLimit(final int limit) {
        rnic.cross();
        resource.armLimit(limit);
    }

    @Override
    public SharedReceiveQueueAttributes query() {
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
        return host.toString();
    }
}
