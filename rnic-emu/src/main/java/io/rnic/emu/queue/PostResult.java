package io.rnic.emu.queue;

import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;

/** What became of a post. A code, so that the data path neither throws nor builds a text. */
public enum PostResult {
    /** Posted. */
    OK(0, RnicError.INVALID_STATE, "posted"),
    /** No slot is free. */
    QUEUE_FULL(1, RnicError.QUEUE_FULL,
        "the queue is full: poll completions (only they free slots), or create it with more requests"),
    /** Not connected yet, or reset. */
    WRONG_STATE(2, RnicError.INVALID_STATE,
        "the queue pair's state does not allow it: sends are allowed in RTS, SQD and ERROR,"
        + " receives in INIT, RTS, SQD and ERROR"),
    /** More pieces than the queue was created for. */
    TOO_MANY_SGES(3, RnicError.INVALID_ARGUMENT, "it has more pieces of memory than the queue was created for"),
    /** A Read with more than one sink. */
    READ_SINKS(4, RnicError.INVALID_ARGUMENT, "an RDMA Read takes at most one piece of memory as its sink"),
    /** A negative length. */
    NEGATIVE_LENGTH(5, RnicError.INVALID_ARGUMENT, "it has a length below 0"),
    /** Longer than a message may be. */
    MESSAGE_TOO_LONG(6, RnicError.INVALID_ARGUMENT, "the message is longer than the device's maxMessageBytes"),
    /** More inline data than a slot holds. */
    INLINE_TOO_LONG(7, RnicError.INVALID_ARGUMENT, "it has more inline bytes than the queue was created for"),
    /** Inline data in a Read, or beside pieces of memory. */
    INLINE_MISPLACED(8, RnicError.INVALID_ARGUMENT,
        "inline data is for Sends and Writes, and instead of pieces of memory"),
    /** The inline data cannot be read. */
    INLINE_UNREADABLE(9, RnicError.INVALID_ARGUMENT,
        "the inline data cannot be read"),
    /** The kernel could not give the NIC the translations of a Read's sink. */
    NO_ON_BOARD_MEMORY(10, RnicError.DEVICE_LIMIT,
        "the NIC has no on-board memory for the translations of the Read's sink:"
        + " deregister something or raise onBoardMemory"),
    /** The record in the argument block is no request. */
    MALFORMED(11, RnicError.INVALID_ARGUMENT, "its record in the argument block is malformed"),
    /** The queue pair, or the shared receive queue, is destroyed. */
    CLOSED(12, RnicError.CLOSED, "the queue is closed"),
    /** An atomic without a place of 8 bytes for the original value. */
    ATOMIC_SINK(13, RnicError.INVALID_ARGUMENT,
        "an atomic takes one piece of memory of 8 bytes, not inline, for the value that was there"),
    /** An invalidation or a binding with memory of its own. */
    NO_MEMORY_TAKEN(14, RnicError.INVALID_ARGUMENT,
        "an invalidation or a binding of a memory window takes no piece of memory and no inline data"),
    /** A window for more than remote access. */
    WINDOW_ACCESS(15, RnicError.INVALID_ARGUMENT,
        "a memory window's access is REMOTE_READ, REMOTE_WRITE and REMOTE_ATOMIC alone"),
    /** A receive for a queue pair that takes its receives from a shared queue. */
    SHARED_RECEIVES(16, RnicError.INVALID_ARGUMENT,
        "the queue pair takes its receives from a shared receive queue: post them there"),
    /** No place is free in a shared receive queue. */
    SHARED_QUEUE_FULL(17, RnicError.QUEUE_FULL,
        "the shared receive queue is full: poll receive completions of its queue pairs (only they free places),"
        + " or create it for more receives");

    private static final PostResult[] BY_CODE = values();

    private final int code;
    private final RnicError error;
    private final String explanation;

    PostResult(final int code, final RnicError error, final String explanation) {
        this.code = code;
        this.error = error;
        this.explanation = explanation;
    }

    /** Its code, as it crosses from a kernel to its caller; the constants stand in the order of their codes. */
    public int code() {
        return code;
    }

    /** The result with that code. */
    public static PostResult of(final int code) {
        return BY_CODE[code];
    }

    /**
     * The exception that says it.
     *
     * @param what    what was posted, for instance {@code "send request"}
     * @param wrId    the application's number for it
     * @param index   its place in the list
     * @param where   the queue
     * @param details what was given and what is allowed, from {@link PostDetails}; maybe nothing
     */
    public PostException toException(
        final String what, final long wrId, final int index, final String where, final String details) {
        return new PostException(error, what + " wrId=" + wrId + " (index " + index + ") on " + where + ": "
            + explanation + details, index);
    }
}
