package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.tcp.Messenger;
import io.rnic.verbs.QueuePair;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** By what the two sides tell each other how far they are: messages of 16 bytes (what 4, zeros 4, value 8). */
final class Control {
    static final int MESSAGE_BYTES = 16;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int VALUE_OFFSET = 8;
    /** So long it looks again and again, giving the core away, before it sleeps. */
    private static final long LOOKS_NS = 200_000;

    private final Messenger messenger;

    /** What is told. */
    enum What {
        /** Client: the next measurement begins, with messages of so many bytes. */
        BEGIN(0),
        /** Client: untimed, to warm up; else as BEGIN. */
        WARM_UP(1),
        /** Server: it is ready. */
        READY(2),
        /** Client: it is over after so many iterations in all. */
        END(3),
        /** Server: all of them are done here too. */
        DONE(4),
        /** Client, then server: that was all. */
        BYE(5);

        private final int code;

        What(final int code) {
            this.code = code;
        }

        private static What of(final int code) {
            for (final What what : values()) {
                if (what.code == code) {
                    return what;
                }
            }
            throw new ExperimentException("the other side tells something unknown: " + code);
        }
    }

    /**
     * A message.
     *
     * @param what  it tells
     * @param value bytes or iterations
     */
    record Message(What what, long value) {
    }

    /** Talks by that messenger. */
    Control(final Messenger messenger) {
        this.messenger = messenger;
    }

    QueuePair queuePair() {
        return messenger.queuePair();
    }

    /** Tells the other side. */
    void tell(final What what, final long value) {
        final MemorySegment message = messenger.outgoing();
        message.set(INT, 0, what.code);
        message.set(LONG, VALUE_OFFSET, value);
        messenger.send();
    }

    /** Looks whether the other side has told something, or is gone. */
    boolean hasNews() {
        return messenger.isMessageOrEnd();
    }

    /**
     * Waits for what the other side tells.
     *
     * @throws ExperimentException if it is gone, or tells what cannot be
     */
    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other side may need this core
    Message hear() {
        final long startNs = System.nanoTime();
        while (!messenger.isMessageOrEnd() && System.nanoTime() - startNs < LOOKS_NS) {
            Thread.yield();
        }
        if (!messenger.awaitMessage()) {
            throw new ExperimentException("the connection ended before the test was over" + messenger.reason());
        }
        final int code = messenger.incoming().get(INT, 0);
        final long value = messenger.incoming().get(LONG, VALUE_OFFSET);
        messenger.takeMessage();
        return new Message(What.of(code), value);
    }

    /**
     * Waits until the other side tells that; returns the value.
     *
     * @throws ExperimentException if it is gone, or tells something else
     */
    long expect(final What what) {
        final Message message = hear();
        if (message.what() != what) {
            throw new ExperimentException("the other side tells " + message.what() + " and not " + what);
        }
        return message.value();
    }

    /** Waits until the other side has closed the connection. */
    void awaitEnd() {
        if (messenger.awaitMessage()) {
            throw new ExperimentException("the other side tells something after the end");
        }
    }
}
