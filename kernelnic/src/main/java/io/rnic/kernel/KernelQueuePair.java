package io.rnic.kernel;

import io.rnic.emu.DeviceConfig;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.DiagnosisRecord;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A queue pair by its handle: a list crosses at once, as far as it fits a block. */
final class KernelQueuePair implements QueuePair {
    private static final int LIST_HEADER_BYTES = 16;

    private final KernelRnic rnic;
    private final int handle;
    private final int number;
    private final KernelCompletionQueue sendQueue;
    private final KernelCompletionQueue receiveQueue;

    KernelQueuePair(final KernelRnic rnic, final int handle, final int number, final KernelCompletionQueue sendQueue,
        final KernelCompletionQueue receiveQueue) {
        this.rnic = rnic;
        this.handle = handle;
        this.number = number;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
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
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(1);
        SendRecord.write(block, request, DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
        if (post(SystemCall.POST_SEND, block, 0) == 0) {
            throw refusal(block, "send request", request.wrId(), 0);
        }
    }

    @Override
    public void postSend(final SendRequest[] requests, final int count) {
        PostLists.check(requests, count);
        int next = 0;
        while (next < count) {
            final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(0);
            int end = next;
            while (end < count && SendRecord.bytes(requests[end], DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES)
                <= block.room()) {
                SendRecord.write(block, requests[end++], DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
            }
            block.words().putLong(LIST_HEADER_BYTES - Long.BYTES, end - next);
            next += post(SystemCall.POST_SEND, block, next);
            if (next < end) {
                throw refusal(block, "send request", requests[next].wrId(), next);
            }
        }
    }

    @Override
    public void postReceive(final ReceiveRequest request) {
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(1);
        ReceiveRecord.write(block, request, DeviceConfig.MAX_SGES);
        if (post(SystemCall.POST_RECEIVE, block, 0) == 0) {
            throw refusal(block, "receive", request.wrId(), 0);
        }
    }

    @Override
    public void postReceive(final ReceiveRequest[] requests, final int count) {
        PostLists.check(requests, count);
        int next = 0;
        while (next < count) {
            final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(0);
            int end = next;
            while (end < count && ReceiveRecord.bytes(requests[end], DeviceConfig.MAX_SGES) <= block.room()) {
                ReceiveRecord.write(block, requests[end++], DeviceConfig.MAX_SGES);
            }
            block.words().putLong(LIST_HEADER_BYTES - Long.BYTES, end - next);
            next += post(SystemCall.POST_RECEIVE, block, next);
            if (next < end) {
                throw refusal(block, "receive", requests[next].wrId(), next);
            }
        }
    }

    private int post(final int call, final ArgumentBlock block, final int index) {
        try {
            return (int) rnic.calls().call(call, block);
        } catch (final RnicException e) {
            throw new PostException(e.error(), String.valueOf(e.getMessage()), index);
        }
    }

    /** Not all were posted: the block says why the next one was not. */
    private PostException refusal(final ArgumentBlock block, final String what, final long wrId, final int index) {
        return PostResult.of(block.getInt()).toException(what, wrId, index, "queue pair " + number);
    }

    @Override
    public ConnectionAttempt beginConnect(final InetSocketAddress remote, final byte[] privateData) {
        final ArgumentBlock block =
            KernelRnic.putAddress(rnic.calls().block().putInt(handle), remote).putBytes(privateData);
        return new KernelConnectionAttempt(rnic, (int) rnic.calls().call(SystemCall.CONNECT, block));
    }

    @Override
    public void disconnect() {
        rnic.calls().call(SystemCall.DISCONNECT, handle);
    }

    @Override
    public void modify(final QueuePairState target) {
        checkNotInHandler();
        rnic.calls().call(SystemCall.MODIFY_QUEUE_PAIR, rnic.calls().block().putInt(handle).putInt(target.code()));
        if (target == QueuePairState.RESET) {
            forgetCompletions();
        }
    }

    @Override
    public void close() {
        checkNotInHandler();
        rnic.calls().call(SystemCall.CLOSE, handle);
        rnic.forget(this);
        forgetCompletions();
    }

    private void checkNotInHandler() {
        sendQueue.checkNotInHandler();
        receiveQueue.checkNotInHandler();
    }

    private void forgetCompletions() {
        sendQueue.forget(number);
        receiveQueue.forget(number);
    }
}
