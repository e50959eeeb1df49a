package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Evaluates function calls: finds the arguments and hands them to the function.
final class Calls {
  private final Evaluator evaluator;

  Calls(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Value eval(Expr.Call call, Grid grid) {
    boolean before = evaluator.selectors.findResets;
    switch (call.function().name()) {
      case "histogram_count", "histogram_sum", "histogram_avg" ->
          evaluator.selectors.findResets = true;
      case "histogram_quantile", "histogram_quantiles", "histogram_fraction" ->
          evaluator.selectors.findResets = false;
      default -> {}
    }
    try {
      return dispatch(call, grid);
    } finally {
      evaluator.selectors.findResets = before;
    }
  }

  private Value dispatch(Expr.Call call, Grid grid) {
    String name = call.function().name();
    if (name.equals("absent_over_time")) {
      return absentOverTime(call, grid);
    }
    Optional<RangeFunction> range = RangeFunction.named(name);
    if (range.isPresent()) {
      return overRanges(call, range.get(), grid);
    }
    return switch (name) {
      case "time" -> times(grid);
      case "start" -> Evaluator.constant(evaluator.query.startMs() / 1000.0, grid);
      case "end" -> Evaluator.constant(evaluator.query.endMs() / 1000.0, grid);
      case "step" -> Evaluator.constant(isInstant() ? 0 : evaluator.query.stepMs() / 1e3, grid);
      case "range" ->
          Evaluator.constant((evaluator.query.endMs() - evaluator.query.startMs()) / 1000.0, grid);
      case "pi" -> Evaluator.constant(Math.PI, grid);
      case "min_of", "max_of" -> extremeOf(call, grid, name.equals("max_of"));
      case "scalar" -> scalar(evaluator.vector(call.args().get(0), grid));
      case "vector" -> vector(evaluator.scalar(call.args().get(0), grid));
      case "absent" -> absent(call, grid);
      case "timestamp" -> timestamp(call, grid, InstantReader.Content.TIMESTAMP);
      case "start_timestamp" -> timestamp(call, grid, InstantReader.Content.START_TIMESTAMP);
      case "label_replace", "label_join", "info" -> new LabelFunctions(evaluator).eval(call, grid);
      case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc" ->
          Sorting.eval(evaluator, call, grid);
      case "histogram_quantile", "histogram_quantiles", "histogram_fraction" ->
          new HistogramFunctions(evaluator, call, grid).eval();
      default -> InstantFunctions.eval(evaluator, call, grid);
    };
  }

  private boolean isInstant() {
    return evaluator.query.startMs() == evaluator.query.endMs();
  }

  private static Value times(Grid grid) {
    double[] values = new double[grid.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = grid.timeMs(i) / 1000.0;
    }
    return new Value.Scalar(values);
  }

  private Value extremeOf(Expr.Call call, Grid grid, boolean max) {
    double[] a = evaluator.scalar(call.args().get(0), grid);
    double[] b = evaluator.scalar(call.args().get(1), grid);
    double[] values = new double[a.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = max ? Math.max(a[i], b[i]) : Math.min(a[i], b[i]);
    }
    return new Value.Scalar(values);
  }

  private static Value scalar(Value.Block block) {
    double[] values = new double[block.steps()];
    for (int i = 0; i < values.length; i++) {
      int floats = 0;
      double found = Double.NaN;
      for (Column column : block.columns()) {
        if (Cell.isFloat(column.cells[i])) {
          floats++;
          found = column.cells[i];
        }
      }
      values[i] = floats == 1 ? found : Double.NaN;
    }
    return new Value.Scalar(values);
  }

  private static Value vector(double[] values) {
    double[] cells = new double[values.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = Cell.clean(values[i]);
    }
    return new Value.Block(values.length, List.of(new Column(Labels.EMPTY, false, cells)));
  }

  private Value timestamp(Expr.Call call, Grid grid, InstantReader.Content content) {
    Expr arg = call.args().get(0).unwrapped();
    if (arg instanceof Expr.VectorSelector selector) {
      Value.Block block =
          evaluator.selectors.instant(selector, grid, content, call.function().name());
      return evaluator.map(block, true, cell -> cell, histogram -> null);
    }
    Value.Block block = evaluator.vector(arg, grid);
    List<Column> columns = new ArrayList<>();
    if (content == InstantReader.Content.TIMESTAMP) {
      for (Column column : block.columns()) {
        Column out = evaluator.renamed(column, true, grid.size());
        for (int i = 0; i < grid.size(); i++) {
          if (Cell.isPresent(column.cells[i])) {
            out.cells[i] = grid.timeMs(i) / 1000.0;
          }
        }
        columns.add(out);
      }
    }
    return evaluator.finished(new Value.Block(grid.size(), columns), true);
  }

  private Value absent(Expr.Call call, Grid grid) {
    Value.Block block = evaluator.vector(call.args().get(0), grid);
    boolean[] present = new boolean[grid.size()];
    for (Column column : block.columns()) {
      for (int i = 0; i < present.length; i++) {
        present[i] |= Cell.isPresent(column.cells[i]);
      }
    }
    return absentBlock(call.args().get(0), present);
  }

  private Value absentOverTime(Expr.Call call, Grid grid) {
    Expr arg = call.args().get(0);
    Ranges ranges = evaluator.ranges(arg, grid, call.function().name());
    boolean[] present = new boolean[grid.size()];
    ranges.forEach(
        samples -> {
          Window window = window(samples, ranges, arg);
          for (int i = 0; i < present.length; i++) {
            window.slide(grid.timeMs(i), ranges.startMs(i), ranges.endMs(i));
            present[i] |= !window.isEmpty();
          }
        });
    return absentBlock(ranges.expr(), present);
  }

  private static Value absentBlock(Expr arg, boolean[] present) {
    Column column = Column.absent(absentLabels(arg), false, present.length);
    for (int i = 0; i < present.length; i++) {
      if (!present[i]) {
        column.cells[i] = 1;
      }
    }
    return new Value.Block(present.length, column.isEmpty() ? List.of() : List.of(column));
  }

  /// The labels that a missing series would have, as far as its selector says.
  private static Labels absentLabels(Expr arg) {
    Expr.VectorSelector selector =
        switch (arg.unwrapped()) {
          case Expr.VectorSelector v -> v;
          case Expr.MatrixSelector m -> m.selector();
          default -> null;
        };
    if (selector == null) {
      return Labels.EMPTY;
    }
    Labels.Builder labels = new Labels.Builder();
    Set<String> seen = new HashSet<>();
    for (Matcher matcher : selector.matchers()) {
      if (matcher.name().equals(Labels.NAME)) {
        continue;
      }
      if (matcher.op() == Matcher.Op.EQUALS && seen.add(matcher.name())) {
        labels.set(matcher.name(), matcher.value());
      } else {
        labels.remove(matcher.name());
      }
    }
    return labels.build();
  }

  private Window window(RangeSamples samples, Ranges ranges, Expr arg) {
    return new Window(
        samples,
        evaluator.notes,
        arg.pos(),
        ranges.extension(),
        evaluator.options.features().startTimestamps());
  }

  /// A call of a range function, with its other arguments evaluated.
  ///
  /// @param nameMatters whether the name has to be dropped where there are no histograms
  RangeReader.Call rangeCall(
      Expr.Call call, RangeFunction function, Grid grid, boolean nameMatters) {
    Expr arg = null;
    List<double[]> scalars = new ArrayList<>(2);
    for (Expr candidate : call.args()) {
      if (candidate.type() == ValueType.MATRIX) {
        arg = candidate;
      } else {
        scalars.add(evaluator.scalar(candidate, grid));
      }
    }
    if (arg == null) {
      throw new IllegalStateException("no range in " + call.print());
    }
    String name = call.function().name();
    Ranges ranges = evaluator.ranges(arg, grid, name);
    Extended.check(ranges.extension(), name);
    if (name.equals("quantile_over_time")) {
      InstantFunctions.noteInvalidQuantiles(
          evaluator.notes, scalars.get(0), call.args().get(0).pos());
    }
    return new RangeReader.Call(
        name, function, ranges, scalars, grid, arg, !call.function().keepsName(), nameMatters);
  }

  private Value overRanges(Expr.Call expr, RangeFunction function, Grid grid) {
    RangeReader.Call call = rangeCall(expr, function, grid, true);
    List<Column> columns = new ArrayList<>();
    switch (call.arg().unwrapped()) {
      case Expr.MatrixSelector m ->
          evaluator.scan.run(evaluator.selectors.leaf(evaluator, m, call), true, columns::add);
      case Expr.Subquery s -> {
        RangeReader reader = new RangeReader(evaluator, call, evaluator.notes, false);
        Grid inner = call.ranges().inner(s);
        for (Column series : call.ranges().columns(s, inner)) {
          Column column = reader.read(series, inner, new double[grid.size()]);
          if (evaluator.counts.isOn()) {
            long[] perStep = new long[grid.size()];
            reader.count(perStep);
            evaluator.counts.add(perStep);
          }
          if (column != null) {
            columns.add(column);
          }
        }
      }
      default -> throw new IllegalStateException("no range: " + expr.print());
    }
    // Series of one metric differ in more than its name: none of them became equal.
    boolean apart =
        call.arg().unwrapped() instanceof Expr.MatrixSelector m
            && evaluator.namesStayApart(m.selector());
    return evaluator.finished(new Value.Block(grid.size(), columns), call.dropName() && !apart);
  }
}
