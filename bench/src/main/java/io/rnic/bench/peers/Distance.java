package io.rnic.bench.peers;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How far apart the two threads' cores were in a round, as the cache line tells. On a virtual machine the cores change
 * places: near ones (hardware threads of one core, or two that share a cache) make the line cost next to nothing, so
 * that instructions count; far ones make the line count. A ratio over both is a ratio of neither.
 */
enum Distance {
    /** The line there and back in less than {@link #NEAR_NS}. */
    NEAR,
    /** It took longer. */
    FAR;

    /** Between what was seen of either: 50 to 70 ns, and from 250 ns on. */
    private static final double NEAR_NS = 150;

    /** The same figures of the rounds at that distance alone; none if there was no such round, or no line measured. */
    List<Figure> of(final List<Figure> figures) {
        final Optional<Figure> line =
            figures.stream().filter(figure -> figure.name().equals(Kinds.CACHE_LINE)).findFirst();
        if (line.isEmpty()) {
            return List.of();
        }
        final List<Double> ns = line.get().values();
        final List<Integer> rounds = IntStream.range(0, ns.size())
            .filter(round -> (ns.get(round) < NEAR_NS) == (this == NEAR)).boxed().toList();
        return rounds.isEmpty() ? List.of()
            : figures.stream().filter(figure -> figure.values().size() == ns.size())
                .map(figure -> new Figure(figure.name(), figure.unit(), figure.bytes(), figure.ours(),
                    pick(figure.values(), rounds), pick(figure.allocated(), rounds))).toList();
    }

    private static List<Double> pick(final List<Double> values, final List<Integer> rounds) {
        return values.isEmpty() ? values : rounds.stream().map(values::get).toList();
    }
}
