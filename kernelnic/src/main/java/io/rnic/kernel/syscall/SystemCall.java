package io.rnic.kernel.syscall;

/**
 * The system calls: number, arguments → results. A number takes 8 bytes; bytes are their count (8) and themselves,
 * padded to a multiple of 8. Every call returns a number from 0, or {@link #FAILED} with the error in the block, or
 * {@link #INTERRUPTED}.
 */
public final class SystemCall {
    /** Domain: → handle. */
    public static final int ALLOCATE_DOMAIN = 1;
    /** Any object: handle →. */
    public static final int CLOSE = 2;
    /** Region: domain handle, access bits; the memory is attached → handle; address, length, key. */
    public static final int REGISTER_MEMORY = 3;
    /** Channel: → handle. */
    public static final int CREATE_CHANNEL = 4;
    /** Channel: handle, timeout in ns → number of the completion queue, 0 if the time ran out. */
    public static final int AWAIT_CHANNEL = 5;
    /** Completion queue: capacity, channel handle or 0 → handle; number, capacity. */
    public static final int CREATE_COMPLETION_QUEUE = 6;
    /** Completion queue: handle, 1 for solicited completions alone →. */
    public static final int ARM = 7;
    /** Completion queue: handle, limit → count; so many {@link CompletionRecord}s. */
    public static final int POLL = 8;
    /**
     * Queue pair: domain handle, send and receive completion queue handles, six limits, access bits, shared receive
     * queue handle or 0, ORD, IRD → handle; number.
     */
    public static final int CREATE_QUEUE_PAIR = 9;
    /**
     * Queue pair: handle → code of the state; space in the send queue, in the receive queue; a
     * {@link QueuePairRecord}.
     */
    public static final int QUERY_QUEUE_PAIR = 10;
    /** Queue pair: handle, code of the state or {@link #SAME_STATE}, ORD and IRD, each -1 for no change →. */
    public static final int MODIFY_QUEUE_PAIR = 11;
    /** Queue pair: handle →. */
    public static final int DISCONNECT = 12;
    /**
     * Queue pair: handle, count, so many {@link SendRecord}s → how many were posted; code of the next one's result,
     * state of the queue pair.
     */
    public static final int POST_SEND = 13;
    /**
     * Queue pair: handle, count, so many {@link ReceiveRecord}s → how many were posted; code of the next one's result.
     */
    public static final int POST_RECEIVE = 14;
    /** Listener: address bytes, port → handle; port. */
    public static final int LISTEN = 15;
    /** Listener: handle, timeout in ns → request handle, 0 if the time ran out; private data, ORD, IRD. */
    public static final int AWAIT_REQUEST = 16;
    /** Request: handle, queue pair handle, private data →. */
    public static final int ACCEPT = 17;
    /** Request: handle, private data →. */
    public static final int REJECT = 18;
    /** Queue pair: handle, address bytes, port, private data → attempt handle. */
    public static final int CONNECT = 19;
    /** Attempt: handle, timeout in ns → 0; private data. */
    public static final int AWAIT_CONNECTION = 20;
    /** The opened NIC itself: →. */
    public static final int EXIT = 21;

    /** Queue pair: handle → 1 if it has failed, and a {@link DiagnosisRecord}. */
    public static final int DIAGNOSE = 22;

    /** The opened NIC: timeout in ns → 1; type's code, object's number, events lost; 0 if the time ran out. */
    public static final int AWAIT_ASYNC_EVENT = 23;
    /** Region: handle, access bits →. */
    public static final int REREGISTER_MEMORY = 24;
    /** Memory window: domain handle → handle. */
    public static final int ALLOCATE_WINDOW = 25;
    /** Memory window: handle → 0; key of its last binding. */
    public static final int QUERY_WINDOW = 26;

    /** Shared receive queue: domain handle, receives, pieces of memory in each → handle; number. */
    public static final int CREATE_SHARED_RECEIVE_QUEUE = 27;
    /** Shared receive queue: handle, count, so many {@link ReceiveRecord}s → as {@link #POST_RECEIVE}. */
    public static final int POST_SHARED_RECEIVE = 28;
    /** Shared receive queue: handle, limit →. */
    public static final int ARM_SHARED_RECEIVE_QUEUE = 29;
    /** Shared receive queue: handle → limit; number, receives at most, pieces in each, waiting, space. */
    public static final int QUERY_SHARED_RECEIVE_QUEUE = 30;

    /** Completion queue: handle, capacity → capacity. */
    public static final int RESIZE_COMPLETION_QUEUE = 31;
    /** Completion queue: handle → unpolled completions; capacity, 1 if armed, 1 if overrun. */
    public static final int QUERY_COMPLETION_QUEUE = 32;

    /** Region: handle → access bits; address, length, lkey, rkey, domain's number. */
    public static final int QUERY_MEMORY_REGION = 33;
    /** Domain: handle → number; regions, queue pairs, shared receive queues in it. */
    public static final int QUERY_DOMAIN = 34;

    /** In the place of a state's code: leaves the state. */
    public static final int SAME_STATE = -1;

    /** The call failed: the block holds the error's name, its message, and private data. */
    public static final long FAILED = -1;
    /** The thread was interrupted while it waited in the call. */
    public static final long INTERRUPTED = -2;

    private SystemCall() {
    }
}
