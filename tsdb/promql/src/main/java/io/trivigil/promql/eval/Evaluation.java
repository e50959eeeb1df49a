package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.StepSamples;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.plan.PlanNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One run of one query: evaluates and puts the answer into its final form.
public final class Evaluation {
  /// What a series of the answer takes, and each of its points.
  private static final int RESULT_BYTES = 96;

  private static final int POINT_BYTES = Long.BYTES + Double.BYTES;

  private final String query;
  private final Grid grid;
  private final boolean instant;
  private final QueryContext context;
  private final Notes notes = new Notes();
  private final Evaluator evaluator;
  private long[] allTimes = new long[0];

  /// @param query the text, for positions in annotations
  /// @param instant whether the answer is one moment's
  /// @param explain whether to find out what each part costs
  public Evaluation(
      String query,
      Grid grid,
      boolean instant,
      Querier querier,
      QueryContext context,
      EvalOptions options,
      boolean explain) {
    this.query = query;
    this.grid = grid;
    this.instant = instant;
    this.context = context;
    evaluator = new Evaluator(querier, context, options, notes, grid, explain);
  }

  /// Runs it.
  ///
  /// @throws QueryException if there is no answer
  public Result run(Expr expr) {
    if (expr.type() == ValueType.MATRIX) {
      evaluator.profile.enter(expr);
      List<ResultSeries> series = rangeVector(expr);
      tellCounts();
      evaluator.profile.ran(series.size());
      evaluator.profile.leave();
      return matrix(series);
    }
    Value value = evaluator.evalTop(expr, grid);
    tellCounts();
    return switch (value) {
      case Value.Text text ->
          new Result.StringResult(
              grid.startMs(), text.value(), warnings(), infos(), context.stats());
      case Value.Scalar scalar ->
          instant
              ? new Result.ScalarResult(
                  grid.startMs(), scalar.values()[0], warnings(), infos(), context.stats())
              : matrix(List.of(series(new Column(Labels.EMPTY, false, scalar.values()))));
      case Value.Block block -> instant ? vector(block) : matrix(sorted(block));
    };
  }

  private void tellCounts() {
    if (evaluator.counts.isOn()) {
      context.counted(new StepSamples(grid.startMs(), grid.stepMs(), evaluator.counts.steps()));
    }
  }

  /// How the parts of the expression that was run came to their values; only if it was wanted.
  public PlanNode plan(Expr expr) {
    return evaluator.profile.plan(expr);
  }

  private List<String> warnings() {
    return notes.warnings(query);
  }

  private List<String> infos() {
    return notes.infos(query);
  }

  private Result vector(Value.Block block) {
    List<Column> columns = new ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      if (!column.isEmpty()) {
        columns.add(column);
      }
    }
    // No two of them: each has a value at the one step.
    List<Column> unique = new Value.Block(1, columns).merged().columns();
    List<ResultSeries> series = new ArrayList<>(unique.size());
    unique.forEach(column -> series.add(series(column)));
    return new Result.VectorResult(grid.startMs(), series, warnings(), infos(), context.stats());
  }

  private static void checkUnique(List<ResultSeries> series) {
    Set<Labels> seen = new HashSet<>(series.size() * 2);
    for (ResultSeries one : series) {
      if (!seen.add(one.labels())) {
        throw QueryException.execution(Value.Block.SAME_LABELS);
      }
    }
  }

  private List<ResultSeries> sorted(Value.Block block) {
    List<ResultSeries> series = new ArrayList<>(block.columns().size());
    for (Column column : block.merged().columns()) {
      if (!column.isEmpty()) {
        series.add(series(column));
      }
    }
    return LabelOrder.sorted(series, ResultSeries::labels);
  }

  private ResultSeries series(Column column) {
    int count = column.count();
    if (count == column.steps() && column.histograms == null) {
      return new ResultSeries(column.labels(), everyStep(), column.cells, null);
    }
    context.holdBytes(RESULT_BYTES + (long) POINT_BYTES * count);
    long[] times = new long[count];
    double[] values = new double[count];
    @Nullable FloatHistogram[] histograms =
        column.histograms == null ? null : new FloatHistogram[count];
    int k = 0;
    for (int i = 0; i < column.steps(); i++) {
      double cell = column.cells[i];
      if (Cell.isPresent(cell)) {
        times[k] = grid.timeMs(i);
        values[k] = cell;
        if (histograms != null && Cell.isHistogram(cell)) {
          histograms[k] = column.histogram(i);
        }
        k++;
      }
    }
    return new ResultSeries(column.labels(), times, values, histograms);
  }

  /// The times of all steps, the same array for all series that have them all.
  private long[] everyStep() {
    if (allTimes.length == 0) {
      allTimes = new long[grid.size()];
      for (int i = 0; i < allTimes.length; i++) {
        allTimes[i] = grid.timeMs(i);
      }
    }
    return allTimes;
  }

  private List<ResultSeries> rangeVector(Expr expr) {
    Ranges ranges = evaluator.ranges(expr, grid, "");
    List<ResultSeries> series = new ArrayList<>();
    ranges.forEach(
        samples -> {
          Window window = new Window(samples, notes, expr.pos(), ranges.extension(), false);
          if (ranges.extension() != Expr.Extension.NONE) {
            bordered(window, ranges, series);
            return;
          }
          window.slide(grid.startMs(), ranges.startMs(0), ranges.endMs(0));
          if (!window.isEmpty()) {
            series.add(raw(window));
          }
        });
    series.sort(Comparator.comparing(ResultSeries::labels));
    checkUnique(series);
    return series;
  }

  private void bordered(Window window, Ranges ranges, List<ResultSeries> series) {
    window.slide(grid.startMs(), Long.MIN_VALUE, Long.MAX_VALUE);
    window.startMs = ranges.startMs(0);
    window.endMs = ranges.endMs(0);
    SampleBuffer samples = Extended.bordered(window);
    if (!samples.isEmpty()) {
      series.add(
          new ResultSeries(
              window.samples.labels(),
              Arrays.copyOf(samples.timestampsMs(), samples.size()),
              Arrays.copyOf(samples.values(), samples.size()),
              null));
    }
  }

  private ResultSeries raw(Window window) {
    int count = window.floats() + window.histograms();
    context.holdBytes(RESULT_BYTES + (long) POINT_BYTES * count);
    if (window.histograms() == 0) {
      return new ResultSeries(
          window.samples.labels(),
          Arrays.copyOfRange(window.samples.floatTimes, window.floatLow, window.floatHigh),
          Arrays.copyOfRange(window.samples.floatValues, window.floatLow, window.floatHigh),
          null);
    }
    long[] times = new long[count];
    double[] values = new double[count];
    @Nullable FloatHistogram[] histograms = new FloatHistogram[count];
    int f = 0;
    int h = 0;
    for (int k = 0; k < count; k++) {
      boolean isFloat =
          h == window.histograms()
              || (f < window.floats() && window.time(f) < window.histogramTime(h));
      if (isFloat) {
        times[k] = window.time(f);
        values[k] = window.value(f++);
      } else {
        times[k] = window.histogramTime(h);
        values[k] = Double.NaN;
        histograms[k] = window.histogram(h++);
      }
    }
    return new ResultSeries(window.samples.labels(), times, values, histograms);
  }

  private Result matrix(List<ResultSeries> series) {
    return new Result.MatrixResult(series, warnings(), infos(), context.stats());
  }
}
