package io.rnic.emu.connection;

import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.host.Deadline;
import io.rnic.emu.link.Capture;
import io.rnic.emu.link.CapturedConnection;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection that was asked for: seen from the asking side and from the listening side. */
public final class PendingConnection {
    private enum Answer { NONE, ACCEPTED, REJECTED, REFUSED, WITHDRAWN }

    private final Ports ports;
    private final Endpoint asking;
    private final InetSocketAddress remote;
    private final byte[] privateData;
    private final ReadLimits reads;
    private Answer answer = Answer.NONE;
    private byte[] answerData = new byte[0];
    private String reason = "";

    PendingConnection(final Ports ports, final Endpoint asking, final InetSocketAddress remote,
        final byte[] privateData) {
        this.ports = ports;
        this.asking = asking;
        this.remote = remote;
        this.privateData = privateData;
        reads = asking.nic().reads();
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
            if (accepting.nic().number() == asking.nic().number()) {
                throw new RnicException(RnicError.INVALID_ARGUMENT, accepting + " cannot accept itself");
            }
            accepting.checkConnectable();
            final ReadLimits asked = asking.nic().reads();
            final ReadLimits agreed = accepting.nic().reads().agreedWith(asked);
            LoopbackLink.connect(ports.engine(), ports.faults(), captured(false, agreed, data), asking.nic(),
                accepting.nic());
            asking.nic().reads(asked.agreedWith(accepting.nic().reads()));
            accepting.nic().reads(agreed);
            // Under the connection lock nothing else moves them out of INIT.
            accepting.nic().move(QueuePairState.INIT, QueuePairState.RTS);
            asking.nic().move(QueuePairState.INIT, QueuePairState.RTS);
            conclude(Answer.ACCEPTED, data, "");
        }
    }

    /** Rejects it. */
    public void reject(final byte[] data) {
        synchronized (ports) {
            checkOpen();
            Ports.checkPrivateData(data);
            captured(true, new ReadLimits(0, 0), data);
            conclude(Answer.REJECTED, data, "");
        }
    }

    /** The set-up as a capture shows it; null if nothing is captured. */
    private @Nullable CapturedConnection captured(
        final boolean rejected, final ReadLimits answerReads, final byte[] data) {
        final Capture capture = ports.capture();
        if (capture == null) {
            return null;
        }
        final SetUp request = SetUp.request(false, true, EnhancedData.ofDepths(reads.ird(), reads.ord()), privateData);
        final EnhancedData depths = EnhancedData.ofDepths(answerReads.ird(), answerReads.ord());
        return capture.connection(remote, request, rejected ? request.reject(false, true, depths, data)
            : request.accept(false, true, depths, data));
    }

    private void checkOpen() {
        if (answer == Answer.WITHDRAWN) {
            throw new RnicException(RnicError.TIMED_OUT, "the asking side of the connection to " + remote
                + " has given up");
        }
        if (answer != Answer.NONE) {
            throw new RnicException(RnicError.INVALID_STATE, "the request is answered already: " + answer);
        }
    }

    void refuse(final String why) {
        synchronized (ports) {
            if (answer == Answer.NONE) {
                conclude(Answer.REFUSED, new byte[0], why);
            }
        }
    }

    /** The asking side gives up; nothing happens if it is answered. */
    public void withdraw() {
        synchronized (ports) {
            if (answer == Answer.NONE) {
                conclude(Answer.WITHDRAWN, new byte[0], "");
            }
        }
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
                    conclude(Answer.WITHDRAWN, new byte[0], "");
                    throw new RnicException(RnicError.TIMED_OUT, "no answer from " + remote + " within "
                        + TimeUnit.NANOSECONDS.toMillis(Math.max(0, timeoutNs)) + " ms; the attempt is withdrawn");
                }
                TimeUnit.NANOSECONDS.timedWait(ports, leftNs);
            }
            return switch (answer) {
                case ACCEPTED -> answerData.clone();
                case REJECTED -> throw new RejectedException("the peer at " + remote + " rejected the connection",
                    answerData);
                case REFUSED -> throw new RnicException(RnicError.CONNECTION_REFUSED,
                    "connection to " + remote + " refused: " + reason);
                default -> throw new RnicException(RnicError.CLOSED, "the attempt to connect to " + remote
                    + " was withdrawn");
            };
        }
    }
}
