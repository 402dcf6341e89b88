package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.tcp.Requests;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The side that listens, serves one client, and ends. */
record Server(Parameters parameters, Plan plan, Output output, PrintStream err) {
    /** So long a client may take from its first connection to its last. */
    private static final long CONNECT_NS = 30_000_000_000L;

    /** Serves one client. */
    List<Row> run(final Rnic nic, final InetSocketAddress local, final String facts) {
        try (Side side = new Side(nic, parameters, plan.depth())) {
            try (Listener listener = nic.listen(local)) {
                output.say(" waiting for a client at " + listener.address());
                accept(side, listener);
            }
            output.begin(facts);
            final List<Row> rows = serve(side);
            output.end();
            return rows;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private void accept(final Side side, final Listener listener) throws InterruptedException {
        Greeting client = null;
        while (client == null) {
            client = admit(side, Requests.await(listener), 0, null);
        }
        final long startNs = System.nanoTime();
        for (int connection = 1; connection <= side.count(); connection++) {
            Greeting data = null;
            while (data == null) {
                data = admit(side, next(listener, startNs), connection, client);
            }
            side.meet(data);
        }
    }

    private static ConnectionRequest next(final Listener listener, final long startNs) throws InterruptedException {
        final long leftNs = Math.max(0, CONNECT_NS - (System.nanoTime() - startNs));
        final ConnectionRequest request = listener.await(Duration.ofNanos(leftNs));
        if (request == null) {
            throw new ExperimentException("the client has not made all its connections within 30 s");
        }
        return request;
    }

    /**
     * Accepts a request if it is the one that is waited for.
     *
     * @param client who is served; null as long as anybody may be
     * @return what it says; null if it was somebody else's, who was refused
     */
    private @Nullable Greeting admit(final Side side, final ConnectionRequest request, final int connection,
        final @Nullable Greeting client) {
        return switch (Greeting.hear(request.privateData())) {
            case Greeting.Heard.Foreign foreign -> {
                reject(request, Greeting.Verdict.REFUSED);
                err.println("rnic " + parameters.test().label() + ": refused a connection: " + foreign.why());
                yield null;
            }
            case Greeting.Heard.Unfit unfit -> {
                reject(request, Greeting.Verdict.MISMATCH);
                if (client == null) {
                    throw new ExperimentException("the client does not fit: " + unfit.why());
                }
                yield null;
            }
            case Greeting.Heard.Ours ours -> admit(side, request, ours.greeting(), connection, client);
        };
    }

    private @Nullable Greeting admit(final Side side, final ConnectionRequest request, final Greeting greeting,
        final int connection, final @Nullable Greeting client) {
        final boolean runsTheSame = greeting.parameters().equals(parameters);
        if (client == null && !runsTheSame) {
            reject(request, Greeting.Verdict.MISMATCH);
            throw new ExperimentException("the client runs " + greeting.parameters() + ", and this side " + parameters
                + "; allowed: the same on both sides");
        }
        final boolean isTheSame = client == null || greeting.session() == client.session();
        if (greeting.index() != connection || !isTheSame || !runsTheSame) {
            reject(request, Greeting.Verdict.REFUSED);
            return null;
        }
        final byte[] answer = side.greeting(connection, greeting.session()).bytes();
        return answer(() -> request.accept(side.queuePair(connection), answer)) ? greeting : null;
    }

    private void reject(final ConnectionRequest request, final Greeting.Verdict verdict) {
        answer(() -> request.reject(new Greeting(parameters, verdict, 0, 0, 0, 0, 0).bytes()));
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

    private List<Row> serve(final Side side) {
        final Measurement measurement = Measurement.of(side, plan);
        final List<Row> rows = new ArrayList<>();
        Control.Message message = side.control().hear();
        while (message.what() != Control.What.BYE) {
            final int bytes = size(message);
            measurement.prepare(bytes);
            side.control().tell(Control.What.READY, 0);
            final Row row = measurement.serve(bytes);
            if (row != null && message.what() == Control.What.BEGIN) {
                output.row(row);
                rows.add(row);
            }
            message = side.control().hear();
        }
        side.control().tell(Control.What.BYE, 0);
        side.control().awaitEnd();
        return rows;
    }

    /** What a measurement is of: nothing but what was agreed on. */
    private int size(final Control.Message message) {
        final boolean begins = message.what() == Control.What.BEGIN || message.what() == Control.What.WARM_UP;
        final boolean isInt = message.value() == (int) message.value();
        if (!begins || !isInt || !parameters.sizes().contains((int) message.value())) {
            throw new ExperimentException("the client tells " + message.what() + " " + message.value() + "; allowed: "
                + parameters.sizes());
        }
        return (int) message.value();
    }
}
