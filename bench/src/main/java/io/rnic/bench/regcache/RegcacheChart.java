package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/**
 * The picture: cost per request, hit ratio and locked memory over the limit, a line for each policy, and the bounds.
 */
final class RegcacheChart {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 1250;
    private static final Color LOWER = new Color(0x000000);
    private static final Color REFERENCE = new Color(0x777777);
    private static final double MIB = 1 << 20;

    private RegcacheChart() {
    }

    /**
     * The picture as SVG.
     *
     * @throws IllegalStateException where the JDK cannot measure text: it has no fonts
     */
    static String svg(final RegcacheReport report) {
        System.setProperty("java.awt.headless", "true");
        final SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, HEIGHT);
        try {
            chart(report).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        } catch (final LinkageError e) {
            throw new IllegalStateException("a chart needs fonts, which the JDK did not find here (" + e
                + "); install fontconfig and a font, or leave --svg and --html out", e);
        }
        return graphics.getSVGDocument();
    }

    private static JFreeChart chart(final RegcacheReport report) {
        final LogAxis limits = new LogAxis(report.unit() == Unit.REGION ? "limit, MiB"
            : "limit, " + report.unit().label() + "s");
        limits.setBase(2);
        limits.setMinorTickMarksVisible(false);
        final CombinedDomainXYPlot plot = new CombinedDomainXYPlot(limits);
        final long requests = report.requests();
        final List<Result> all = Stream.concat(report.results().stream(), report.bounds().stream()).toList();
        plot.add(panel("cost per request, µs", all, result -> result.costPerRequestNs(requests) / 1000), 3);
        plot.add(panel("hit ratio, %", report.results(), result -> 100 * result.hitRatio()), 2);
        plot.add(panel("most locked, MiB", report.results(), result -> result.lockedBytesMax() / MIB), 2);
        final JFreeChart chart =
            new JFreeChart(report.trace(), new Font(Font.SANS_SERIF, Font.BOLD, 16), plot, true);
        ChartFactory.getChartTheme().apply(chart);
        chart.setBackgroundPaint(Color.WHITE);
        return chart;
    }

    private static ValueAxis axis(final String title) {
        if (title.startsWith("hit")) {
            return new NumberAxis(title);
        }
        final LogAxis axis = new LogAxis(title);
        axis.setNumberFormatOverride(new DecimalFormat("#,##0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        return axis;
    }

    private static XYPlot panel(final String title, final List<Result> results, final ToDoubleFunction<Result> value) {
        final Map<String, XYSeries> lines = new LinkedHashMap<>();
        for (final Result result : results) {
            final double limit = result.unit() == Unit.REGION ? result.limit() / MIB : result.limit();
            final double y = value.applyAsDouble(result);
            if (y > 0) {
                lines.computeIfAbsent(result.label(), XYSeries::new).add(limit, y);
            }
        }
        final XYSeriesCollection data = new XYSeriesCollection();
        lines.values().forEach(data::addSeries);
        final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        final List<String> names = new ArrayList<>(lines.keySet());
        for (int i = 0; i < names.size(); i++) {
            final boolean lower = names.get(i).equals(Result.LOWER_BOUND);
            final boolean bound = lower || names.get(i).equals(Result.REFERENCE);
            renderer.setSeriesPaint(i, bound ? lower ? LOWER : REFERENCE
                : Color.getHSBColor(i * 0.381966f % 1, 0.85f, i % 2 == 0 ? 0.75f : 0.55f));
            renderer.setSeriesStroke(i, bound ? new BasicStroke(2.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10,
                new float[] {lower ? 2f : 8f, 4f}, 0) : new BasicStroke(1.8f));
            renderer.setSeriesShapesVisible(i, !bound);
            // One legend for the three panels: that of the first, which has all lines.
            renderer.setSeriesVisibleInLegend(i, title.startsWith("cost"));
        }
        final XYPlot plot = new XYPlot(data, null, axis(title), renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        return plot;
    }
}
