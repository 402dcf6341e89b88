package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import java.util.ArrayList;
import java.util.List;

/** Collects figures, their ratios and remarks. */
final class Results {
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void add(final Figure figure) {
        figures.add(figure);
    }

    void note(final String note) {
        notes.add(note);
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** What two series of rounds say of each other: the quotient of each round. */
    static Ratio ratio(final String name, final List<Double> rounds, final List<Double> reference, final double goal) {
        final List<Double> quotients = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            quotients.add(rounds.get(i) / reference.get(i));
        }
        return Ratio.of(name, quotients, goal, Ratio.Direction.AT_MOST);
    }

    /** The spread of values that are each divided by {@code divisor}. */
    static Spread spread(final List<Double> rounds, final double divisor) {
        return Spread.of(rounds.stream().map(value -> value / divisor).toList());
    }
}
