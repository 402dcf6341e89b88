package io.rnic.user;

import io.rnic.emu.QueuePairResource;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.ReceiveQueue;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A queue pair whose queues and doorbell page the application has mapped. */
final class UserQueuePair implements QueuePair {
    private final UserRnic rnic;
    private final QueuePairResource resource;
    private final HostQueuePair host;
    private final SendQueue sends;
    private final ReceiveQueue receives;

    UserQueuePair(final UserRnic rnic, final QueuePairResource resource) {
        this.rnic = rnic;
        this.resource = resource;
        this.host = resource.host();
        sends = host.sends();
        receives = host.receives();
    }

    UserRnic rnic() {
        return rnic;
    }

    QueuePairResource resource() {
        return resource;
    }

    @Override
    public int number() {
        return host.number();
    }

    @Override
    public QueuePairState state() {
        return resource.state();
    }

    @Override
    public @Nullable Diagnosis diagnosis() {
        rnic.cross();
        return resource.diagnosis();
    }

    @Override
    public int sendSpace() {
        resource.usage().checkOpen();
        return host.sendSpace();
    }

    @Override
    public int receiveSpace() {
        resource.usage().checkOpen();
        return host.receiveSpace();
    }

    @Override
    public void postSend(final SendRequest request) {
        final PostResult result = sends.post(Objects.requireNonNull(request, "request"));
        if (result != PostResult.OK) {
            throw host.refusal(result, request, 0);
        }
    }

    @Override
    public void postSend(final SendRequest[] requests, final int count) {
        PostLists.check(requests, count);
        final long outcome = sends.post(requests, count);
        if (!PostLists.isWhole(outcome)) {
            final int posted = PostLists.posted(outcome);
            throw host.refusal(PostLists.last(outcome), requests[posted], posted);
        }
    }

    @Override
    public void postReceive(final ReceiveRequest request) {
        final PostResult result = receives.post(Objects.requireNonNull(request, "request"));
        if (result != PostResult.OK) {
            throw host.refusal(result, request, 0);
        }
    }

    @Override
    public void postReceive(final ReceiveRequest[] requests, final int count) {
        PostLists.check(requests, count);
        final long outcome = receives.post(requests, count);
        if (!PostLists.isWhole(outcome)) {
            final int posted = PostLists.posted(outcome);
            throw host.refusal(PostLists.last(outcome), requests[posted], posted);
        }
    }

    @Override
    public ConnectionAttempt beginConnect(final InetSocketAddress remote, final byte[] privateData) {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(privateData, "privateData");
        rnic.cross();
        return new UserConnectionAttempt(rnic, resource.beginConnect(remote, privateData));
    }

    @Override
    public void disconnect() {
        rnic.cross();
        resource.disconnect();
    }

    @Override
    public void modify(final QueuePairState target) {
        rnic.cross();
        resource.modify(target);
    }

    @Override
    public void modify(final QueuePairChange change) {
        Objects.requireNonNull(change, "change");
        rnic.cross();
        resource.modify(change);
    }

    @Override
    public QueuePairAttributes query() {
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
