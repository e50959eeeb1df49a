package io.trivigil.promql.eval;

import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import java.util.function.Consumer;

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

  void forEach(Consumer<RangeSamples> user) {
    switch (expr) {
      case Expr.MatrixSelector m -> evaluator.selectors.ranges(m, looks, grid, function, user);
      case Expr.Subquery s -> subquery(s, user);
      default -> throw new IllegalStateException("no range: " + expr.print());
    }
  }

  private void subquery(Expr.Subquery s, Consumer<RangeSamples> user) {
    long step =
        s.step()
            .map(length -> positive(evaluator.selectors.millis(length)))
            .orElse(evaluator.options.subqueryStepMs());
    // Multiples of the step, behind the range's left border.
    long border = looks.startMs() - rangeMs;
    long start = step * (border / step);
    if (start <= border) {
      start += step;
    }
    Grid inner = new Grid(start, looks.lastMs(), step);
    if (inner.size() == 0) {
      return;
    }
    evaluator.context.hold(inner.size()); // fails before a grid too long is laid out
    evaluator.context.release(inner.size());
    RangeSamples samples = new RangeSamples();
    boolean before = evaluator.selectors.findResets;
    evaluator.selectors.findResets = false;
    Value.Block block = evaluator.vector(s.expr(), inner);
    evaluator.selectors.findResets = before;
    for (Column column : block.columns()) {
      evaluator.context.check();
      samples.load(column, inner);
      user.accept(samples);
    }
  }
}
