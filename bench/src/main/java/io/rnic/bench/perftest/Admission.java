package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.tcp.Requests;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a server gets one client's connections, all of them, and refuses who else comes meanwhile. */
final class Admission {
    /** So long a client may take from its first connection to its last. */
    private static final long CONNECT_NS = 30_000_000_000L;
    /** So often it is looked whether the connections that are made still live. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Side side;
    private final Listener listener;
    private final Refusals refusals;
    /** Who is served; null as long as anybody may be. */
    private @Nullable Greeting client;
    /** Connections that are made, and when the first one was. */
    private int made;
    private long startNs;
    private long lookedNs;

    Admission(final Side side, final Listener listener, final PrintStream err) {
        this.side = side;
        this.listener = listener;
        refusals = new Refusals("rnic " + side.parameters().test().label() + ": ", err);
    }

    /**
     * Waits for a client, as long as it takes, and for the rest of its connections.
     *
     * @throws ExperimentException if it runs something else, does not make them in time, or is gone before
     */
    void admitClient() throws InterruptedException {
        try {
            admitAll();
        } finally {
            refusals.tellHowManyMore();
        }
    }

    private void admitAll() throws InterruptedException {
        while (client == null) {
            client = admit(Requests.await(listener));
        }
        startNs = System.nanoTime();
        lookedNs = startNs;
        for (made = 1; made <= side.count(); made++) {
            Greeting data = null;
            while (data == null) {
                data = admit(next());
            }
            side.meet(data);
        }
    }

    private ConnectionRequest next() throws InterruptedException {
        while (true) {
            final long nowNs = System.nanoTime();
            // By time and not only when nobody asks: others, who are refused, may ask all the time.
            if (nowNs - lookedNs >= LOOK.toNanos()) {
                throwIfGone();
                lookedNs = nowNs;
            }
            if (nowNs - startNs > CONNECT_NS) {
                throw new ExperimentException("the client has not made all its connections within 30 s");
            }
            final ConnectionRequest request = listener.await(LOOK);
            if (request != null) {
                return request;
            }
        }
    }

    private void throwIfGone() {
        for (int connection = 0; connection < made; connection++) {
            final QueuePair pair = side.queuePair(connection);
            if (pair.state() == QueuePairState.ERROR) {
                throw new ExperimentException("connection " + connection + " of the client ended before it had made"
                    + " all " + (side.count() + 1) + ": " + pair.diagnosis());
            }
        }
    }

    /**
     * Accepts a request if it is the one that is waited for.
     *
     * @return what it says; null if it was somebody else's, who was refused
     */
    private @Nullable Greeting admit(final ConnectionRequest request) {
        return switch (Greeting.hear(request.privateData())) {
            case Greeting.Heard.Foreign foreign -> {
                reject(request, Greeting.Verdict.REFUSED);
                refusals.tell(foreign.why());
                yield null;
            }
            case Greeting.Heard.Unfit unfit -> {
                reject(request, Greeting.Verdict.MISMATCH);
                refusals.tell(unfit.why());
                yield null;
            }
            case Greeting.Heard.Ours ours -> admit(request, ours.greeting());
        };
    }

    private @Nullable Greeting admit(final ConnectionRequest request, final Greeting greeting) {
        final Parameters parameters = side.parameters();
        final boolean runsTheSame = greeting.parameters().equals(parameters);
        if (client == null && !runsTheSame) {
            reject(request, Greeting.Verdict.MISMATCH);
            throw new ExperimentException("the client runs " + greeting.parameters() + ", and this side " + parameters
                + "; allowed: the same on both sides");
        }
        final boolean isTheSame = client == null || greeting.session() == client.session();
        if (greeting.index() != made || !isTheSame || !runsTheSame) {
            reject(request, Greeting.Verdict.REFUSED);
            return null;
        }
        final byte[] answer = side.greeting(made, greeting.session()).bytes();
        return answer(() -> request.accept(side.queuePair(made), answer)) ? greeting : null;
    }

    private void reject(final ConnectionRequest request, final Greeting.Verdict verdict) {
        answer(() -> request.reject(new Greeting(side.parameters(), verdict, 0, 0, 0, 0, 0).bytes()));
    }

    /** Answers; false if who asked has given up meanwhile, for which the next one is waited for. */
    private static boolean answer(final Runnable answering) {
        try {
            answering.run();
            return true;
        } catch (final RnicException e) {
            if (e.error() == RnicError.TIMED_OUT) {
                return false;
            }
            throw e;
        }
    }
}
