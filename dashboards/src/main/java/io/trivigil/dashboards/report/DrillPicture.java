package io.trivigil.dashboards.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.IntervalMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/// Draws a drill: how long each probe waited for its commit, and the steps as bands.
public final class DrillPicture {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 460;
  private static final Color TEXT = new Color(0x17222B);
  private static final Color LINE = new Color(0x0B6E63);
  private static final Color FAULT = new Color(0xB8, 0x23, 0x1A, 70);
  private static final Color HEALING = new Color(0xE0, 0x8A, 0x00, 40);
  private static final Color LABEL = new Color(0xFF, 0xFF, 0xFF, 200);
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private DrillPicture() {}

  /// The picture as PNG.
  public static byte[] png(DrillReport report) {
    XYSeries waits = new XYSeries("wait");
    for (DrillReport.Write write : report.writes()) {
      double atS = (write.atMs() - report.startMs()) / 1000.0;
      waits.add(atS, write.tookMs() < 0 ? null : Double.valueOf(write.tookMs() / 1000.0));
    }
    NumberAxis time = axis("seconds since the drill began");
    time.setRange(0, Math.max(1, (report.endMs() - report.startMs()) / 1000.0));
    NumberAxis wait = axis("seconds until a sample was committed");
    wait.setLowerBound(0);
    long longestMs = report.writes().stream().mapToLong(DrillReport.Write::tookMs).max().orElse(0);
    wait.setUpperBound(Math.max(1, longestMs / 1000.0 * 1.3));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
    renderer.setSeriesPaint(0, LINE);
    renderer.setSeriesStroke(0, new BasicStroke(1.5f));
    renderer.setSeriesShape(0, new java.awt.geom.Ellipse2D.Double(-1.5, -1.5, 3, 3));
    XYPlot plot = new XYPlot(new XYSeriesCollection(waits), time, wait, renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(new Color(0xDBE2E5));
    plot.setRangeGridlinePaint(new Color(0xDBE2E5));
    for (DrillReport.Step step : report.steps()) {
      bands(plot, report, step);
    }
    String verdict = report.passed() ? "passed" : "not passed";
    JFreeChart chart =
        new JFreeChart("Drill of %s: %s".formatted(report.cluster(), verdict), null, plot, false);
    chart.setBackgroundPaint(Color.WHITE);
    chart.getTitle().setFont(FONT.deriveFont(Font.BOLD, 16f));
    chart.getTitle().setPaint(TEXT);
    chart.setPadding(new RectangleInsets(8, 8, 8, 16));
    return encoded(chart.createBufferedImage(WIDTH, HEIGHT));
  }

  private static NumberAxis axis(String label) {
    NumberAxis axis = new NumberAxis(label);
    axis.setLabelFont(FONT);
    axis.setTickLabelFont(FONT);
    axis.setLabelPaint(TEXT);
    axis.setTickLabelPaint(TEXT);
    return axis;
  }

  private static void bands(XYPlot plot, DrillReport report, DrillReport.Step step) {
    double faultS = (step.faultMs() - report.startMs()) / 1000.0;
    double endS = (report.endMs() - report.startMs()) / 1000.0;
    double servedS = step.rtoMs() < 0 ? endS : faultS + step.rtoMs() / 1000.0;
    double healedS = step.recoveredMs() < 0 ? endS : faultS + step.recoveredMs() / 1000.0;
    plot.addDomainMarker(
        new IntervalMarker(servedS, Math.max(servedS, healedS), HEALING), Layer.BACKGROUND);
    IntervalMarker fault = new IntervalMarker(faultS, servedS, FAULT);
    fault.setLabel("%s %s, RTO %s".formatted(step.name(), step.node(), step.rto()));
    fault.setLabelFont(FONT);
    fault.setLabelBackgroundColor(LABEL);
    fault.setLabelPaint(TEXT);
    fault.setLabelAnchor(RectangleAnchor.TOP_LEFT);
    fault.setLabelTextAnchor(TextAnchor.TOP_LEFT);
    // Neighbours stand below each other, or they would cover each other.
    fault.setLabelOffset(
        new RectangleInsets(4 + 18.0 * (report.steps().indexOf(step) % 4), 4, 0, 0));
    plot.addDomainMarker(fault, Layer.FOREGROUND);
  }

  private static byte[] encoded(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("a picture can not be encoded in memory", e);
    }
    return out.toByteArray();
  }
}
