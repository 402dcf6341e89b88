package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The side that listens, serves one client, and ends. */
record Server(Parameters parameters, Plan plan, Output output, PrintStream err) {
    /** Serves one client. */
    List<Row> run(final Rnic nic, final InetSocketAddress local, final String facts) {
        try (Side side = new Side(nic, parameters, plan.depth())) {
            try (Listener listener = nic.listen(local)) {
                output.say(" waiting for a client at " + listener.address());
                new Admission(side, listener, err).admitClient();
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
