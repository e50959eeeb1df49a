package io.trivigil.promql.eval;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.text.GoNumbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `histogram_quantile`, `histogram_quantiles`, `histogram_fraction` over classic and native
/// histograms, and the functions that read one figure off a native one.
final class HistogramFunctions {
  private static final Set<String> LE = Set.of("le");

  private final Evaluator evaluator;
  private final Expr.Call call;
  private final Grid grid;
  private final Expr vector;
  private final ClassicBuckets buckets = new ClassicBuckets();

  HistogramFunctions(Evaluator evaluator, Expr.Call call, Grid grid) {
    this.evaluator = evaluator;
    this.call = call;
    this.grid = grid;
    this.vector =
        call.args().stream()
            .filter(arg -> arg.type() == io.trivigil.promql.ast.ValueType.VECTOR)
            .findFirst()
            .orElseThrow();
  }

  /// Functions of one native histogram.
  static Value simple(Evaluator evaluator, Expr.Call call, Grid grid) {
    Evaluator.FloatMap none = cell -> Cell.ABSENT;
    Value.Block block = evaluator.vector(call.args().get(0), grid);
    List<Column> columns = new ArrayList<>();
    for (Column column : block.columns()) {
      Column out = evaluator.renamed(column, true, grid.size());
      for (int i = 0; i < grid.size(); i++) {
        double cell = column.cells[i];
        if (Cell.isHistogram(cell)) {
          out.cells[i] = NativeFigures.figure(call.function().name(), column.histogram(i));
        } else if (Cell.isPresent(cell)) {
          out.cells[i] = none.apply(cell);
        }
      }
      if (!out.isEmpty()) {
        columns.add(out);
      }
    }
    return evaluator.finished(new Value.Block(grid.size(), columns), true);
  }

  Value eval() {
    Map<Labels, Group> groups = grouped(evaluator.vector(vector, grid));
    List<Column> columns = new ArrayList<>();
    switch (call.function().name()) {
      case "histogram_quantile" -> answer(groups, columns, quantile(call.args().get(0)), "");
      case "histogram_fraction" -> {
        double[] lower = evaluator.scalar(call.args().get(0), grid);
        double[] upper = evaluator.scalar(call.args().get(1), grid);
        answer(groups, columns, new Fraction(lower, upper), "");
      }
      default -> quantiles(groups, columns);
    }
    return evaluator.finished(new Value.Block(grid.size(), columns), true);
  }

  private void quantiles(Map<Labels, Group> groups, List<Column> columns) {
    String label = evaluator.text(call.args().get(1));
    for (Labels labels : groups.keySet()) {
      if (labels.has(label)) {
        throw QueryException.execution("invalid label name %s: it is already set".formatted(label));
      }
    }
    for (Expr arg : call.args().subList(2, call.args().size())) {
      answer(groups, columns, quantile(arg), label);
    }
  }

  private Quantile quantile(Expr arg) {
    double[] q = evaluator.scalar(arg, grid);
    InstantFunctions.noteInvalidQuantiles(evaluator.notes, q, arg.pos());
    return new Quantile(q);
  }

  /// What is asked of a histogram.
  private sealed interface Question {
    double of(ClassicBuckets buckets, int step);

    double of(FloatHistogram histogram, int step, NativeFigures.Notice notice);
  }

  private record Quantile(double[] q) implements Question {
    @Override
    public double of(ClassicBuckets buckets, int step) {
      return buckets.quantile(q[step]);
    }

    @Override
    public double of(FloatHistogram histogram, int step, NativeFigures.Notice notice) {
      return NativeFigures.quantile(q[step], histogram, notice);
    }
  }

  private record Fraction(double[] lower, double[] upper) implements Question {
    @Override
    public double of(ClassicBuckets buckets, int step) {
      return buckets.fraction(lower[step], upper[step]);
    }

    @Override
    public double of(FloatHistogram histogram, int step, NativeFigures.Notice notice) {
      return NativeFigures.fraction(lower[step], upper[step], histogram, notice);
    }
  }

  private static final class Group {
    final List<Column> buckets = new ArrayList<>();
    final List<Double> bounds = new ArrayList<>();
    final List<Column> natives = new ArrayList<>();
  }

  private Map<Labels, Group> grouped(Value.Block block) {
    Map<Labels, Group> groups = new LinkedHashMap<>();
    for (Column column : block.columns()) {
      boolean classic = false;
      boolean nativeOne = false;
      for (double cell : column.cells) {
        classic |= Cell.isFloat(cell);
        nativeOne |= Cell.isHistogram(cell);
      }
      if (classic) {
        String le = column.labels().get("le");
        try {
          double bound = GoNumbers.parseSigned(le);
          Group group = groups.computeIfAbsent(column.labels().drop(LE), key -> new Group());
          group.buckets.add(column);
          group.bounds.add(bound);
        } catch (NumberFormatException e) {
          evaluator.notes.badBucketLabel(column.labels().metricName(), le, vector.pos());
        }
      }
      if (nativeOne) {
        // A native histogram may have an `le` of its own: it stays a group of its own then.
        Group group = groups.computeIfAbsent(column.labels(), key -> new Group());
        group.natives.add(column);
      }
    }
    return groups;
  }

  private void answer(
      Map<Labels, Group> groups, List<Column> columns, Question question, String label) {
    groups.forEach(
        (labels, group) -> {
          Labels base = evaluator.resultLabels(labels, true).labels();
          Map<Labels, Column> outs = new LinkedHashMap<>();
          for (int i = 0; i < grid.size(); i++) {
            double cell = cell(labels.metricName(), group, question, i);
            if (Cell.isPresent(cell)) {
              Labels named = named(base, question, label, i);
              outs.computeIfAbsent(named, key -> Column.absent(key, true, grid.size())).cells[i] =
                  cell;
            }
          }
          columns.addAll(outs.values());
        });
  }

  private double cell(String metric, Group group, Question question, int step) {
    buckets.clear();
    for (int b = 0; b < group.buckets.size(); b++) {
      double count = group.buckets.get(b).cells[step];
      if (Cell.isFloat(count)) {
        buckets.add(group.bounds.get(b), count);
      }
    }
    FloatHistogram histogram = nativeAt(group, step);
    if (histogram != null && !buckets.isEmpty()) {
      evaluator.notes.mixedClassicNative(metric, vector.pos());
      return Cell.ABSENT;
    }
    if (histogram != null) {
      return question.of(
          histogram, step, text -> evaluator.notes.nanObservations(text, metric, vector.pos()));
    }
    if (buckets.isEmpty()) {
      return Cell.ABSENT;
    }
    double cell = question.of(buckets, step);
    if (buckets.forcedMonotonic && question instanceof Quantile) {
      evaluator.notes.forcedMonotonicity("", metric, vector.pos());
    }
    return cell;
  }

  private static Labels named(Labels base, Question question, String label, int step) {
    return !label.isEmpty() && question instanceof Quantile(double[] q)
        ? base.with(label, FloatFormat.general(q[step]))
        : base;
  }

  private static @org.jspecify.annotations.Nullable FloatHistogram nativeAt(Group group, int step) {
    for (Column column : group.natives) {
      if (Cell.isHistogram(column.cells[step])) {
        return column.histogram(step);
      }
    }
    return null;
  }
}
