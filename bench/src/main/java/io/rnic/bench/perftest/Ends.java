package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;

/** How a measurement is agreed to be over. */
final class Ends {
    private Ends() {
    }

    /** Client: tells how many iterations there were, and waits until the server has done them too. */
    static void tell(final Control control, final long iterations) {
        control.tell(Control.What.END, iterations);
        confirm(control, iterations);
    }

    /** Client: waits until the server has done them too. */
    static void confirm(final Control control, final long iterations) {
        check(control.expect(Control.What.DONE), iterations);
    }

    /** Server: hears how many there were, and says that they are done here too. */
    static void agree(final Control control, final long iterations) {
        check(control.expect(Control.What.END), iterations);
        control.tell(Control.What.DONE, iterations);
    }

    /** Server: does nothing until the client tells that it is over. */
    static void awaitPassively(final Control control) {
        control.tell(Control.What.DONE, control.expect(Control.What.END));
    }

    private static void check(final long told, final long counted) {
        if (told != counted) {
            throw new ExperimentException("the other side counts " + told + " iterations, this side " + counted);
        }
    }
}
