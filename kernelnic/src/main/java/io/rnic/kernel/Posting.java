package io.rnic.kernel;

import io.rnic.emu.DeviceConfig;
import io.rnic.emu.queue.PostDetails;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.Words;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.util.Objects;

/**
 * Posts to one queue by its handle: a list crosses at once, as far as it fits a block.
 *
 * @param maxSendSges    what the queue takes, for messages: the kernel checks
 * @param maxReceiveSges the same
 * @param maxInlineBytes the same
 */
record Posting(
        Calls calls, int handle, String name, int maxSendSges, int maxReceiveSges, int maxInlineBytes) {
    private static final int LIST_HEADER_BYTES = 16;
    private static final int MOST_BYTES =
        SendRecord.mostBytes(DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
    private static final String SEND = "send request";
    private static final String RECEIVE = "receive";

    void send(final SendRequest request) {
        Objects.requireNonNull(request, "request");
        final ArgumentBlock block = calls.block().putInt(handle).putInt(1);
        SendRecord.write(block, request, DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
        if (post(SystemCall.POST_SEND, block, SEND, request.wrId(), 0) == 0) {
            throw refusal(block, request, 0);
        }
    }

    void sends(final SendRequest[] requests, final int count) {
        PostLists.check(requests, count);
        int next = 0;
        while (next < count) {
            final ArgumentBlock block = calls.block().putInt(handle).putInt(0);
            int end = SendRecord.writeOnePiece(block, requests, next, count);
            while (end < count && hasRoom(block, requests[end])) {
                SendRecord.write(block, requests[end], DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
                end = SendRecord.writeOnePiece(block, requests, end + 1, count);
            }
            Words.putLong(block.address() + LIST_HEADER_BYTES - Long.BYTES, end - next);
            next += post(SystemCall.POST_SEND, block, SEND, requests[next].wrId(), next);
            if (next < end) {
                throw refusal(block, requests[next], next);
            }
        }
    }

    /** How much a request takes is only looked at where a block is nearly full. */
    private static boolean hasRoom(final ArgumentBlock block, final SendRequest request) {
        return block.room() >= MOST_BYTES
            || block.room() >= SendRecord.bytes(request, DeviceConfig.MAX_SGES, DeviceConfig.MAX_INLINE_BYTES);
    }

    /** Posts one receive by that call. */
    void receive(final int call, final ReceiveRequest request) {
        Objects.requireNonNull(request, "request");
        final ArgumentBlock block = calls.block().putInt(handle).putInt(1);
        ReceiveRecord.write(block, request, DeviceConfig.MAX_SGES);
        if (post(call, block, RECEIVE, request.wrId(), 0) == 0) {
            throw refusal(block, request, 0);
        }
    }

    void receives(final int call, final ReceiveRequest[] requests, final int count) {
        PostLists.check(requests, count);
        int next = 0;
        while (next < count) {
            final ArgumentBlock block = calls.block().putInt(handle).putInt(0);
            int end = next;
            while (end < count && ReceiveRecord.bytes(requests[end], DeviceConfig.MAX_SGES) <= block.room()) {
                ReceiveRecord.write(block, requests[end++], DeviceConfig.MAX_SGES);
            }
            Words.putLong(block.address() + LIST_HEADER_BYTES - Long.BYTES, end - next);
            next += post(call, block, RECEIVE, requests[next].wrId(), next);
            if (next < end) {
                throw refusal(block, requests[next], next);
            }
        }
    }

    /** A queue whose handle is gone is told as one that the kernel finds closed. */
    private int post(
        final int call, final ArgumentBlock block, final String what, final long wrId, final int index) {
        try {
            return (int) calls.call(call, block);
        } catch (final RnicException e) {
            if (e.error() == RnicError.CLOSED) {
                throw PostResult.CLOSED.toException(what, wrId, index, name, "");
            }
            throw new PostException(e.error(), String.valueOf(e.getMessage()), index);
        }
    }

    /** Not all were posted: the block says why the next one was not. */
    private PostException refusal(final ArgumentBlock block, final SendRequest request, final int index) {
        final PostResult result = PostResult.of(block.getInt());
        return result.toException("send request", request.wrId(), index, where(result, block), PostDetails.of(
            result, request, maxSendSges, maxInlineBytes, DeviceConfig.MAX_MESSAGE_BYTES));
    }

    private PostException refusal(final ArgumentBlock block, final ReceiveRequest request, final int index) {
        final PostResult result = PostResult.of(block.getInt());
        return result.toException("receive", request.wrId(), index, where(result, block),
            PostDetails.of(result, request, maxReceiveSges, DeviceConfig.MAX_MESSAGE_BYTES));
    }

    private String where(final PostResult result, final ArgumentBlock block) {
        return result == PostResult.WRONG_STATE ? name + " in " + QueuePairState.of(block.getInt()) : name;
    }
}
