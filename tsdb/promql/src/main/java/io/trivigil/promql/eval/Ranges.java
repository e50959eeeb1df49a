package io.trivigil.promql.eval;

import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A range argument: a range selector, or a subquery evaluated over its own grid.
final class Ranges {
  private final Evaluator evaluator;
  private final Expr expr;
  private final Grid grid;
  private final String function;
  private final Grid looks;
  private final long rangeMs;

  Ranges(Evaluator evaluator, Expr expr, Grid grid, String function) {
    this.evaluator = evaluator;
    this.expr = expr;
    this.grid = grid;
    this.function = function;
    Selectors selectors = evaluator.selectors;
    switch (expr) {
      case Expr.MatrixSelector m -> {
        looks = selectors.shifted(m.selector().shift(), grid);
        rangeMs = positive(selectors.millis(m.range()));
      }
      case Expr.Subquery s -> {
        looks = selectors.shifted(s.shift(), grid);
        rangeMs = positive(selectors.millis(s.range()));
      }
      default -> throw new IllegalStateException("no range: " + expr.print());
    }
  }

  private static long positive(long lengthMs) {
    if (lengthMs <= 0) {
      throw QueryException.execution("duration must be greater than 0");
    }
    return lengthMs;
  }

  Expr expr() {
    return expr;
  }

  Expr.Extension extension() {
    return expr instanceof Expr.MatrixSelector m ? m.selector().extension() : Expr.Extension.NONE;
  }

  /// The end of the range at a step, inclusive.
  long endMs(int step) {
    return looks.size() == 1 ? looks.startMs() : looks.timeMs(step);
  }

  /// The start of the range at a step, exclusive.
  long startMs(int step) {
    return endMs(step) - rangeMs;
  }

  /// The first millisecond that a range selector has to read, over all steps.
  long readFromMs() {
    long before = extension() == Expr.Extension.NONE ? 0 : evaluator.options.lookbackMs();
    return looks.startMs() - rangeMs + 1 - before;
  }

  /// The last millisecond that a range selector has to read, over all steps.
  long readToMs() {
    long behind = extension() == Expr.Extension.SMOOTHED ? evaluator.options.lookbackMs() : 0;
    return looks.lastMs() + behind;
  }

  void forEach(Consumer<RangeSamples> user) {
    switch (expr) {
      case Expr.MatrixSelector m ->
          evaluator.selectors.ranges(
              m,
              this,
              grid,
              function,
              samples -> {
                count(samples);
                user.accept(samples);
              });
      case Expr.Subquery s -> subquery(s, user);
      default -> throw new IllegalStateException("no range: " + expr.print());
    }
  }

  private void count(RangeSamples samples) {
    if (evaluator.counts.isOn()) {
      long[] perStep = new long[grid.size()];
      SampleCounts.addWindows(samples, this, perStep);
      evaluator.counts.add(perStep);
    }
  }

  private void subquery(Expr.Subquery s, Consumer<RangeSamples> user) {
    RangeSamples samples = new RangeSamples();
    Grid inner = inner(s);
    for (Column column : columns(s, inner)) {
      samples.load(column, inner);
      if (!function.isEmpty()) {
        count(samples);
      }
      user.accept(samples);
    }
  }

  /// The times at which a subquery is evaluated: multiples of its step, behind the left border.
  Grid inner(Expr.Subquery s) {
    long step =
        s.step()
            .map(length -> positive(evaluator.selectors.millis(length)))
            .orElse(evaluator.options.subqueryStepMs());
    long border = looks.startMs() - rangeMs;
    long start = step * (border / step);
    if (start <= border) {
      start += step;
    }
    return new Grid(start, looks.lastMs(), step);
  }

  /// The series of a subquery.
  List<Column> columns(Expr.Subquery s, Grid inner) {
    if (inner.size() == 0) {
      return List.of();
    }
    evaluator.context.hold(inner.size()); // fails before a grid too long is laid out
    evaluator.context.release(inner.size());
    boolean before = evaluator.selectors.findResets;
    evaluator.selectors.findResets = false;
    evaluator.profile.enter(s);
    Supplier<Value.Block> evaluation = () -> evaluator.vector(s.expr(), inner);
    // What a function looks at is counted then; else this is the answer.
    Value.Block block =
        function.isEmpty()
            ? evaluator.counts.summed(inner.size(), evaluation)
            : evaluator.counts.uncounted(evaluation);
    evaluator.profile.ran(block.columns().size());
    evaluator.profile.leave();
    evaluator.selectors.findResets = before;
    evaluator.context.check();
    return block.columns();
  }
}
