package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The side that connects, begins each measurement and ends it. */
record Client(Parameters parameters, Plan plan, Output output) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Connects, measures, disconnects. */
    List<Row> run(final Rnic nic, final InetSocketAddress server, final String facts) {
        try (Side side = new Side(nic, parameters, plan.depth())) {
            final long session = new SecureRandom().nextLong();
            for (int connection = 0; connection <= side.count(); connection++) {
                connect(side, server, side.greeting(connection, session));
            }
            output.begin(facts);
            final List<Row> rows = measure(side);
            side.control().tell(Control.What.BYE, 0);
            side.control().expect(Control.What.BYE);
            output.end();
            return rows;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private void connect(final Side side, final InetSocketAddress server, final Greeting greeting)
        throws InterruptedException {
        final Greeting answer;
        try {
            answer = heard(side.queuePair(greeting.index()).connect(server, greeting.bytes(), TIMEOUT));
        } catch (final RejectedException e) {
            throw refused(heard(e.privateData()));
        }
        if (!answer.parameters().equals(parameters) || answer.index() != greeting.index()) {
            throw refused(answer);
        }
        if (greeting.index() != 0) {
            side.meet(answer);
        }
    }

    private static Greeting heard(final byte[] privateData) {
        return switch (Greeting.hear(privateData)) {
            case Greeting.Heard.Ours ours -> ours.greeting();
            case Greeting.Heard.Unfit unfit -> throw new ExperimentException("the server does not fit: " + unfit.why());
            case Greeting.Heard.Foreign foreign ->
                throw new ExperimentException("the server is another program: " + foreign.why());
        };
    }

    private ExperimentException refused(final Greeting answer) {
        if (answer.parameters().equals(parameters)) {
            return new ExperimentException("the server refuses: it serves another client");
        }
        return new ExperimentException("the server runs " + answer.parameters() + ", and this side " + parameters
            + "; allowed: the same on both sides");
    }

    private List<Row> measure(final Side side) {
        final Measurement measurement = Measurement.of(side, plan);
        final List<Row> rows = new ArrayList<>();
        if (plan.warmUpSeconds() > 0) {
            final int bytes = parameters.sizes().getFirst();
            begin(side, measurement, Control.What.WARM_UP, bytes);
            measurement.run(bytes, Span.ofSeconds(plan.warmUpSeconds()));
        }
        for (final int bytes : parameters.sizes()) {
            begin(side, measurement, Control.What.BEGIN, bytes);
            final Row row = measurement.run(bytes, parameters.span());
            output.row(row);
            rows.add(row);
        }
        return rows;
    }

    private static void begin(final Side side, final Measurement measurement, final Control.What what,
        final int bytes) {
        measurement.prepare(bytes);
        side.control().tell(what, bytes);
        side.control().expect(Control.What.READY);
    }
}
