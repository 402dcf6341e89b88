package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.TextTitle;
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
    private static final double GAP = 14;
    private static final double LEGEND_LINE = 14;
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    /** Neighbours in the legend are far apart on the circle of colours. */
    private static final float GOLDEN = 0.381966f;
    private static final float[] BRIGHTNESS = {0.85f, 0.6f, 0.4f};
    private static final Shape[] SHAPES = DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE;
    /** Drawn thicker: who looks at the picture looks for it. */
    private static final String OURS = "ahead";
    private static final String COST = "cost per request, µs";

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
        final LogAxis limits = doubling(report.unit() == Unit.REGION ? "limit, MiB"
            : "limit, " + report.unit().label() + "s");
        final CombinedDomainXYPlot plot = new CombinedDomainXYPlot(limits);
        plot.setGap(GAP);
        final long requests = report.requests();
        final List<Result> all = Stream.concat(report.results().stream(), report.bounds().stream()).toList();
        final List<String> lines = all.stream().map(Result::label).distinct().toList();
        plot.add(panel(doubling(COST), lines, all,
            result -> result.costPerRequestNs(requests) / 1000), 4);
        final NumberAxis ratio = new NumberAxis("hit ratio, %");
        style(ratio);
        plot.add(panel(ratio, lines, report.results(), result -> 100 * result.hitRatio()), 3);
        plot.add(panel(doubling("most locked, MiB"), lines, report.results(),
            result -> result.lockedBytesMax() / MIB), 2);
        final JFreeChart chart = new JFreeChart("Registration caching: " + report.trace(), TITLE, plot, true);
        chart.addSubtitle(new TextTitle(String.format(Locale.ROOT, "%,d %s; register %.0f + %.0f ns a page, deregister"
                + " %.0f + %.0f ns a page (%s)", requests, report.unit() == Unit.REGION ? "requests" : "accesses",
            report.costs().registerNs(), report.costs().registerPageNs(), report.costs().deregisterNs(),
            report.costs().deregisterPageNs(), report.costs().name()), TEXT));
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setItemFont(TEXT);
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    /** An axis whose labels double, as limits do. */
    private static LogAxis doubling(final String title) {
        final LogAxis axis = new LogAxis(title);
        axis.setBase(2);
        axis.setTickUnit(new NumberTickUnit(1));
        axis.setMinorTickMarksVisible(false);
        axis.setNumberFormatOverride(new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        style(axis);
        return axis;
    }

    private static void style(final NumberAxis axis) {
        axis.setLabelFont(TEXT);
        axis.setTickLabelFont(TEXT);
        axis.setAutoRangeIncludesZero(true);
    }

    private static void style(final LogAxis axis) {
        axis.setLabelFont(TEXT);
        axis.setTickLabelFont(TEXT);
    }

    private static XYPlot panel(final ValueAxis axis, final List<String> names, final List<Result> results,
        final ToDoubleFunction<Result> value) {
        final Map<String, XYSeries> lines = new LinkedHashMap<>();
        for (final Result result : results) {
            final double limit = result.unit() == Unit.REGION ? result.limit() / MIB : result.limit();
            final double y = value.applyAsDouble(result);
            // Nothing has no place on an axis whose labels double.
            if (y > 0 || axis instanceof NumberAxis) {
                lines.computeIfAbsent(result.label(), XYSeries::new).add(limit, y);
            }
        }
        final XYSeriesCollection data = new XYSeriesCollection();
        lines.values().forEach(data::addSeries);
        final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setLegendLine(new Line2D.Double(-LEGEND_LINE, 0, LEGEND_LINE, 0));
        int series = 0;
        for (final String name : lines.keySet()) {
            // A policy looks the same in each panel, and is in the legend once: by the first, which has all of them.
            renderer.setSeriesVisibleInLegend(series, COST.equals(axis.getLabel()));
            style(renderer, series++, name, names.indexOf(name));
        }
        final XYPlot plot = new XYPlot(data, null, axis, renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        return plot;
    }

    private static void style(final XYLineAndShapeRenderer renderer, final int series, final String name,
        final int index) {
        final boolean lower = name.equals(Result.LOWER_BOUND);
        final boolean bound = lower || name.equals(Result.REFERENCE);
        renderer.setSeriesPaint(series, bound ? lower ? LOWER : REFERENCE
            : Color.getHSBColor(index * GOLDEN % 1, 0.9f, BRIGHTNESS[index % BRIGHTNESS.length]));
        renderer.setSeriesStroke(series, bound ? new BasicStroke(2.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10,
            new float[] {lower ? 2f : 8f, 4f}, 0) : new BasicStroke(name.equals(OURS) ? 3f : 1.5f));
        renderer.setSeriesShapesVisible(series, !bound);
        renderer.setSeriesShape(series, SHAPES[index % SHAPES.length]);
    }
}
