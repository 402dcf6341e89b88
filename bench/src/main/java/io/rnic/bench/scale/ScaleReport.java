package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything that the command found out.
 *
 * @param host    facts about the machine and the set-up, by name
 * @param figures what was measured
 * @param notes   remarks for people
 */
record ScaleReport(Map<String, Object> host, List<Figure> figures, List<String> notes) {
    /** The ratios of all figures. */
    List<Ratio> ratios() {
        return figures.stream().map(Figure::ratio).filter(Objects::nonNull).toList();
    }

    /** The figures of one table. */
    List<Figure> of(final Figure.Part part) {
        return figures.stream().filter(figure -> figure.part() == part).toList();
    }
}
