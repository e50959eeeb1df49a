package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.ast.Expr;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a range selector and applies a range function to it, all steps at once.
///
/// Floats alone go through the function's [RangeKernel]; everything else window by window.
final class RangeReader implements SeriesReader {
  /// One call of a range function.
  ///
  /// @param scalars the function's other arguments, per step
  /// @param arg the range, for positions
  /// @param nameMatters whether the name has to be dropped where there are no histograms
  record Call(
      String name,
      RangeFunction function,
      Ranges ranges,
      List<double[]> scalars,
      Grid grid,
      Expr arg,
      boolean dropName,
      boolean nameMatters) {

    /// Whether the function expects the name of a counter.
    boolean wantsCounter() {
      return name.equals("rate") || name.equals("increase");
    }
  }

  private final Evaluator evaluator;
  private final Call call;
  private final Notes notes;
  private final boolean findResets;
  private final boolean useStarts;
  private final Optional<RangeKernel> kernel;
  private final boolean endsOnly;
  private final Window window;
  private final RangeSamples loaded = new RangeSamples();
  private SampleBuffer buffer = new SampleBuffer();
  private final String metric; // of all series, if the selector names it
  private String notedMetric = "";
  private int samples;
  private long omitted; // of them

  RangeReader(Evaluator evaluator, Call call, Notes notes, boolean findResets) {
    this.evaluator = evaluator;
    this.call = call;
    this.notes = notes;
    this.findResets = findResets;
    useStarts = evaluator.options.features().startTimestamps();
    kernel =
        call.ranges.extension() == Expr.Extension.NONE
            ? RangeKernel.of(call.name, call.ranges, call.grid.size())
            : Optional.empty();
    endsOnly = !evaluator.counts.isOn() && kernel.map(RangeKernel::needsEndsOnly).orElse(false);
    metric = call.arg.unwrapped() instanceof Expr.MatrixSelector m ? m.selector().metricName() : "";
    window = new Window(loaded, notes, call.arg.pos(), call.ranges.extension(), useStarts);
  }

  @Override
  public int samples() {
    return samples;
  }

  @Override
  public @Nullable Column read(Querier.Series series, double[] cells) {
    buffer.clear();
    if (endsOnly) {
      readEnds(series);
    } else {
      series.read(call.ranges.readFromMs(), call.ranges.readToMs(), buffer);
    }
    omitted = buffer.omitted();
    samples = (int) (buffer.size() + omitted);
    if (samples == 0) {
      return null;
    }
    if (findResets && buffer.hasHistograms()) {
      buffer = ResetHints.found(buffer);
    }
    loaded.load(series, buffer);
    return column(cells);
  }

  /// What a histogram is among is computed window by window, of all samples.
  private void readEnds(Querier.Series series) {
    series.readEnds(call.ranges.readFromMs(), call.ranges.readToMs(), buffer);
    if (buffer.omitted() > 0 && (buffer.hasHistograms() || buffer.hasStarts())) {
      buffer.clear();
      series.read(call.ranges.readFromMs(), call.ranges.readToMs(), buffer);
    }
  }

  @Override
  public void count(long[] perStep) {
    if (samples > 0) {
      SampleCounts.addWindows(loaded, call.ranges, perStep);
    }
  }

  /// The column of a subquery's series; null if it has none.
  @Nullable Column read(Column series, Grid inner, double[] cells) {
    loaded.load(series, inner);
    samples = loaded.size();
    omitted = 0;
    return column(cells);
  }

  private @Nullable Column column(double[] cells) {
    boolean rename = call.dropName && (call.nameMatters || loaded.histograms > 0);
    Column out =
        new Column(
            evaluator.resultLabels(loaded.labelled, rename),
            loaded.dropName || call.dropName,
            cells);
    boolean plain = loaded.histograms == 0 && (!useStarts || loaded.floatStarts == null);
    boolean any;
    if (plain && kernel.isPresent()) {
      any = kernel.get().run(loaded.floatTimes, loaded.floatValues, loaded.floats, omitted, cells);
    } else {
      any = windows(out);
    }
    if (any && call.wantsCounter() && loaded.floats > 0) {
      noteCounterName(metric.isEmpty() ? loaded.labels().metricName() : metric);
    }
    if (!plain && (call.wantsCounter() || call.name.equals("irate"))) {
      noteOverlaps();
    }
    return any ? out : null;
  }

  private boolean windows(Column out) {
    Arrays.fill(out.cells, Cell.ABSENT);
    window.rewind();
    boolean any = false;
    for (int i = 0; i < out.cells.length; i++) {
      slideTo(i);
      for (int a = 0; a < call.scalars.size(); a++) {
        window.args[a] = call.scalars.get(a)[i];
      }
      double cell =
          window.extension == Expr.Extension.NONE
              ? call.function.apply(window)
              : Extended.apply(window, call.function, call.name);
      if (Cell.isHistogram(cell)) {
        FloatHistogram histogram = window.result();
        out.set(i, histogram);
        any = true;
      } else if (Cell.isPresent(cell)) {
        out.cells[i] = cell;
        any = true;
      }
    }
    return any;
  }

  private void slideTo(int step) {
    long start = call.ranges.startMs(step);
    long end = call.ranges.endMs(step);
    long lookback = evaluator.options.lookbackMs();
    switch (window.extension) {
      case NONE -> window.slide(call.grid.timeMs(step), start, end);
      case ANCHORED -> window.slide(call.grid.timeMs(step), start - lookback, end);
      case SMOOTHED -> window.slide(call.grid.timeMs(step), start - lookback, end + lookback);
    }
    window.startMs = start;
    window.endMs = end;
  }

  private void noteOverlaps() {
    if (!useStarts) {
      return;
    }
    window.floatLow = 0;
    window.floatHigh = loaded.floats;
    window.histogramLow = 0;
    window.histogramHigh = loaded.histograms;
    StartTimes.ofFloats(window, true).noteOverlaps();
    StartTimes.ofHistograms(window, true).noteOverlaps();
  }

  private void noteCounterName(String name) {
    boolean counter =
        name.isEmpty()
            || name.endsWith("_total")
            || name.endsWith("_sum")
            || name.endsWith("_count")
            || name.endsWith("_bucket");
    if (!counter && !name.equals(notedMetric)) {
      notedMetric = name;
      notes.possibleNonCounter(name, call.arg.pos());
    }
  }
}
