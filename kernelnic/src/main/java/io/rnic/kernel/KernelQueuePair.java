package io.rnic.kernel;

import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.DiagnosisRecord;
import io.rnic.kernel.syscall.QueuePairRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A queue pair by its handle. */
final class KernelQueuePair implements QueuePair {
    private final KernelRnic rnic;
    private final int handle;
    private final int number;
    private final KernelCompletionQueue sendQueue;
    private final KernelCompletionQueue receiveQueue;
    private final Posting posting;
    /** Whether the kernel has closed or reset it, but a handler kept its completions from being forgotten. */
    private volatile boolean isForgetting;
    private volatile boolean isResetting;

    KernelQueuePair(final KernelRnic rnic, final int handle, final int number, final KernelCompletionQueue sendQueue,
        final KernelCompletionQueue receiveQueue, final QueuePairOptions options) {
        this.rnic = rnic;
        this.handle = handle;
        this.number = number;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        posting = new Posting(rnic.calls(), handle, "queue pair " + number, options.maxSendSges(),
            options.maxReceiveSges(), options.maxInlineBytes());
    }

    KernelRnic rnic() {
        return rnic;
    }

    int handle() {
        return handle;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public QueuePairState state() {
        return QueuePairState.of((int) query(rnic.calls().block()));
    }

    @Override
    public @Nullable Diagnosis diagnosis() {
        final ArgumentBlock block = rnic.calls().block().putInt(handle);
        return rnic.calls().call(SystemCall.DIAGNOSE, block) == 0 ? null : DiagnosisRecord.read(block);
    }

    @Override
    public int sendSpace() {
        final ArgumentBlock block = rnic.calls().block();
        query(block);
        return block.getInt();
    }

    @Override
    public int receiveSpace() {
        final ArgumentBlock block = rnic.calls().block();
        query(block);
        block.getInt();
        return block.getInt();
    }

    private long query(final ArgumentBlock block) {
        return rnic.calls().call(SystemCall.QUERY_QUEUE_PAIR, block.putInt(handle));
    }

    @Override
    public void postSend(final SendRequest request) {
        posting.send(request);
    }

    @Override
    public void postSend(final SendRequest[] requests, final int count) {
        posting.sends(requests, count);
    }

    @Override
    public void postReceive(final ReceiveRequest request) {
        posting.receive(SystemCall.POST_RECEIVE, request);
    }

    @Override
    public void postReceive(final ReceiveRequest[] requests, final int count) {
        posting.receives(SystemCall.POST_RECEIVE, requests, count);
    }

    @Override
    public ConnectionAttempt beginConnect(final InetSocketAddress remote, final byte[] privateData) {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(privateData, "privateData");
        final ArgumentBlock block = KernelRnic.putPrivateData(
            KernelRnic.putAddress(rnic.calls().block().putInt(handle), remote), privateData);
        return new KernelConnectionAttempt(rnic, (int) rnic.calls().call(SystemCall.CONNECT, block));
    }

    @Override
    public void disconnect() {
        rnic.calls().call(SystemCall.DISCONNECT, handle);
    }

    @Override
    public void modify(final QueuePairState target) {
        modify(QueuePairChange.to(target));
    }

    @Override
    public void modify(final QueuePairChange change) {
        Objects.requireNonNull(change, "change");
        checkNotInHandler();
        final QueuePairState target = change.state();
        if (target == QueuePairState.RESET) {
            awaitHandlers();
        } else if (isResetting) {
            throw new RnicException(RnicError.INVALID_STATE, "queue pair " + number
                + " is not reset yet: a completion handler did not return; modify it to RESET again");
        }
        rnic.calls().call(SystemCall.MODIFY_QUEUE_PAIR, rnic.calls().block().putInt(handle)
            .putInt(target == null ? SystemCall.SAME_STATE : target.code()).putInt(change.ord()).putInt(change.ird()));
        if (target == QueuePairState.RESET) {
            isResetting = true;
            forgetCompletions();
            isResetting = false;
        }
    }

    @Override
    public QueuePairAttributes query() {
        final ArgumentBlock block = rnic.calls().block();
        final QueuePairState state = QueuePairState.of((int) query(block));
        final int sendSpace = block.getInt();
        final int receiveSpace = block.getInt();
        return QueuePairRecord.read(block, state, sendSpace, receiveSpace);
    }

    @Override
    public void close() {
        checkNotInHandler();
        if (!isForgetting) {
            awaitHandlers();
            rnic.calls().call(SystemCall.CLOSE, handle);
            rnic.forget(this);
            isForgetting = true;
        }
        forgetCompletions();
        isForgetting = false;
    }

    private void awaitHandlers() {
        sendQueue.awaitHandler();
        receiveQueue.awaitHandler();
    }

    private void checkNotInHandler() {
        sendQueue.checkNotInHandler();
        receiveQueue.checkNotInHandler();
    }

    private void forgetCompletions() {
        sendQueue.forget(number);
        receiveQueue.forget(number);
    }

    @Override
    public String toString() {
        return posting.name();
    }
}
