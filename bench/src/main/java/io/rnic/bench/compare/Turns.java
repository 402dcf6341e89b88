package io.rnic.bench.compare;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.Rnic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The same experiment through several front ends, which take turns: user, kernel, user, kernel. What changes on the
 * machine meanwhile changes for all of them.
 *
 * @param <E> the experiment
 */
final class Turns<E extends Experiment> implements AutoCloseable {
    private static final int WARM_UP_TURNS = 4;

    private final String test;
    private final Plan plan;
    private final Resources resources = new Resources();
    private final List<Rnic> nics;
    private final List<E> experiments = new ArrayList<>();

    /** Sets the experiment up through each of the NICs. */
    Turns(final String test, final Plan plan, final List<Rnic> nics, final Function<Rnic, E> setUp) {
        this.test = test;
        this.plan = plan;
        this.nics = nics;
        try {
            for (final Rnic nic : nics) {
                experiments.add(resources.add(setUp.apply(nic)));
            }
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** The experiment of each NIC, in their order. */
    List<E> experiments() {
        return experiments;
    }

    /** Runs all sizes for a while in which nothing is recorded, so that the compiler is done before. */
    void warmUp(final List<Integer> sizes) {
        final long turnNs = plan.warmUpNs() / ((long) WARM_UP_TURNS * sizes.size() * experiments.size());
        final Samples unused = new Samples();
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            for (final int bytes : sizes) {
                for (int i = 0; i < experiments.size(); i++) {
                    run(i, bytes, turnNs, unused);
                }
            }
        }
    }

    /** Measures one size: the samples of each NIC, in their order. */
    List<Samples> measure(final int bytes) {
        final Samples unused = new Samples();
        for (int i = 0; i < experiments.size(); i++) {
            run(i, bytes, plan.roundNs(), unused);
        }
        final List<Samples> samples = experiments.stream().map(experiment -> new Samples()).toList();
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < experiments.size(); i++) {
                run(i, bytes, plan.roundNs(), samples.get(i));
            }
        }
        return samples;
    }

    private void run(final int index, final int bytes, final long durationNs, final Samples samples) {
        try {
            experiments.get(index).run(bytes, durationNs, samples);
        } catch (final RuntimeException e) {
            throw new ExperimentException(test + " through " + nics.get(index).frontEnd() + ", " + bytes + " bytes", e);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
