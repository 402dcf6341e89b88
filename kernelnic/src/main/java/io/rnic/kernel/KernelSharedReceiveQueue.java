package io.rnic.kernel;

import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SharedReceiveQueue;
import io.rnic.verbs.SharedReceiveQueueAttributes;

/** A shared receive queue by its handle. */
record KernelSharedReceiveQueue(KernelRnic rnic, int handle, int number, Posting posting)
        implements SharedReceiveQueue {
    KernelSharedReceiveQueue(final KernelRnic rnic, final int handle, final int number, final int sges) {
        this(rnic, handle, number,
            new Posting(rnic.calls(), handle, "shared receive queue " + number, 0, sges, 0));
    }

    @Override
    public void postReceive(final ReceiveRequest request) {
        posting.receive(SystemCall.POST_SHARED_RECEIVE, request);
    }

    @Override
    public void postReceive(final ReceiveRequest[] requests, final int count) {
        posting.receives(SystemCall.POST_SHARED_RECEIVE, requests, count);
    }

    @Override
    public int space() {
        return query().space();
    }

    @Override
    public void armLimit(final int limit) {
        rnic.calls().call(SystemCall.ARM_SHARED_RECEIVE_QUEUE, rnic.calls().block().putInt(handle).putInt(limit));
    }

    @Override
    public SharedReceiveQueueAttributes query() {
        final ArgumentBlock block = rnic.calls().block().putInt(handle);
        final int limit = (int) rnic.calls().call(SystemCall.QUERY_SHARED_RECEIVE_QUEUE, block);
        return new SharedReceiveQueueAttributes(
            block.getInt(), block.getInt(), block.getInt(), limit, block.getInt(), block.getInt());
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
        rnic.forget(this);
    }

    @Override
    public String toString() {
        return posting.name();
    }
}
