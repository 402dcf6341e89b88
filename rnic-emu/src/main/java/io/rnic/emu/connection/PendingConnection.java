package io.rnic.emu.connection;

import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.host.Deadline;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A connection that was asked for: seen from the asking side and from the listening side. */
public final class PendingConnection {
    private enum Answer { NONE, ACCEPTED, REJECTED, REFUSED, WITHDRAWN }

    private final Ports ports;
    private final ConnectionPath path;
    private final InetSocketAddress remote;
    private final byte[] privateData;
    private final ReadLimits reads;
    private Answer answer = Answer.NONE;
    private byte[] answerData = new byte[0];
    private String reason = "";

    PendingConnection(final Ports ports, final ConnectionPath path, final InetSocketAddress remote,
        final byte[] privateData, final ReadLimits reads) {
        this.ports = ports;
        this.path = path;
        this.remote = remote;
        this.privateData = privateData;
        this.reads = reads;
    }

    /** What a request is, in a line: the same through every front end. */
    public static String text(final int port, final ConnectionRequest request) {
        return "connection request on port " + port + " with " + request.privateData().length
            + " bytes of private data, ord=" + request.ord() + ", ird=" + request.ird();
    }

    /** What the asking side said. */
    public byte[] privateData() {
        return privateData.clone();
    }

    /** How many RDMA Reads and atomics the asking side would have under way. */
    public ReadLimits reads() {
        return reads;
    }

    /** Whether it is not yet answered. */
    public boolean isPending() {
        synchronized (ports) {
            return answer == Answer.NONE;
        }
    }

    /**
     * Accepts it.
     *
     * @throws RnicException as {@link io.rnic.verbs.ConnectionRequest#accept} says; the request stays open where the
     *                       fault is the accepting queue pair's or the private data's
     */
    public void accept(final Endpoint accepting, final byte[] data) {
        synchronized (ports) {
            checkOpen();
            Ports.checkPrivateData(data);
            path.accept(accepting, data);
            conclude(Answer.ACCEPTED, data, "");
        }
    }

    /** Rejects it. */
    public void reject(final byte[] data) {
        synchronized (ports) {
            checkOpen();
            Ports.checkPrivateData(data);
            path.reject(data);
            conclude(Answer.REJECTED, data, "");
        }
    }

    /** The peer's answer has come: it accepted. */
    void accepted(final byte[] data) {
        conclude(Answer.ACCEPTED, data, "");
    }

    /** The peer's answer has come: it rejected. */
    void rejected(final byte[] data) {
        conclude(Answer.REJECTED, data, "");
    }

    private void checkOpen() {
        if (answer == Answer.WITHDRAWN) {
            throw new RnicException(RnicError.TIMED_OUT, "the asking side of the connection to " + Ports.text(remote)
                + " has given up");
        }
        if (answer != Answer.NONE) {
            throw new RnicException(RnicError.INVALID_STATE, "the request is answered already: " + answer);
        }
    }

    /** Ends it without an answer: to reject is the application's. */
    void refuse(final String why) {
        synchronized (ports) {
            if (answer == Answer.NONE) {
                path.withdraw();
                conclude(Answer.REFUSED, new byte[0], why);
            }
        }
    }

    /** The asking side gives up; nothing happens if it is answered. */
    public void withdraw() {
        synchronized (ports) {
            if (answer == Answer.NONE) {
                path.withdraw();
                conclude(Answer.WITHDRAWN, new byte[0], "");
            }
        }
    }

    @Override
    public String toString() {
        return "the attempt to connect to " + Ports.text(remote);
    }

    private void conclude(final Answer given, final byte[] data, final String why) {
        answer = given;
        answerData = data.clone();
        reason = why;
        ports.notifyAll();
    }

    /** Waits for the answer, as {@link io.rnic.verbs.ConnectionAttempt#await} says. */
    public byte[] await(final long timeoutNs) throws InterruptedException {
        final Deadline deadline = new Deadline(timeoutNs);
        synchronized (ports) {
            while (answer == Answer.NONE) {
                final long leftNs = deadline.leftNs();
                if (leftNs <= 0) {
                    withdraw();
                    throw new RnicException(RnicError.TIMED_OUT, "no answer from " + Ports.text(remote)
                        + " within " + TimeUnit.NANOSECONDS.toMillis(Math.max(0, timeoutNs))
                        + " ms; the attempt is withdrawn");
                }
                TimeUnit.NANOSECONDS.timedWait(ports, leftNs);
            }
            return switch (answer) {
                case ACCEPTED -> answerData.clone();
                case REJECTED -> throw new RejectedException("the peer at " + Ports.text(remote)
                    + " rejected the connection", answerData);
                case REFUSED -> throw new RnicException(RnicError.CONNECTION_REFUSED,
                    "no connection to " + Ports.text(remote) + ": " + reason);
                default -> throw new RnicException(RnicError.CLOSED, this
                    + " is closed: it was withdrawn");
            };
        }
    }
}
