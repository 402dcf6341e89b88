package io.rnic.verbs;

/** What kind of error a call met: the verbs' errno, spelt out. */
public enum RnicError {
    /** An argument is out of range or of the wrong kind ({@code EINVAL}). */
    INVALID_ARGUMENT(22),
    /** The object is in a state that does not allow the call ({@code EINVAL}). */
    INVALID_STATE(22),
    /** The object has been closed already ({@code EBADF}). */
    CLOSED(9),
    /** The object is still in use by others ({@code EBUSY}). */
    BUSY(16),
    /** The send or receive queue holds as many requests as it was created for ({@code ENOMEM}). */
    QUEUE_FULL(12),
    /** A limit of the device is reached: objects or on-board memory ({@code ENOSPC}). */
    DEVICE_LIMIT(28),
    /** The process may lock no more memory ({@code ENOMEM}). */
    LOCKED_MEMORY_LIMIT(12),
    /** A global policy of the kernel forbids it ({@code EPERM}). */
    POLICY(1),
    /** The port is taken ({@code EADDRINUSE}). */
    ADDRESS_IN_USE(98),
    /** Nobody listens there, no way leads there, or the backlog is full ({@code ECONNREFUSED}). */
    CONNECTION_REFUSED(111),
    /** The listener's application rejected the connection ({@code RDMA_CM_EVENT_REJECTED}). */
    CONNECTION_REJECTED(111),
    /** The time given ran out ({@code ETIMEDOUT}). */
    TIMED_OUT(110),
    /** More completions arrived than the completion queue holds; it is unusable ({@code IBV_EVENT_CQ_ERR}). */
    COMPLETION_QUEUE_OVERRUN(75),
    /** No front end of that name is on the class or module path ({@code ENODEV}). */
    NO_FRONT_END(19);

    private final int errno;

    RnicError(final int errno) {
        this.errno = errno;
    }

    /** The nearest Linux {@code errno}. */
    public int errno() {
        return errno;
    }
}
