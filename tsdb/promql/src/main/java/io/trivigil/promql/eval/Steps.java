package io.trivigil.promql.eval;

import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;

/// How many times a query looks: the steps of its own grid, or of the longest subquery in it, which
/// looks over its range besides. Known before the query runs, and so a measure of its weight.
public final class Steps {
  private final double stepSeconds;
  private final double rangeSeconds;
  private final long subqueryStepMs;

  private Steps(Grid grid, EvalOptions options) {
    long spanMs = grid.endMs() - grid.startMs();
    stepSeconds = spanMs == 0 ? 0 : grid.stepMs() / 1e3;
    rangeSeconds = spanMs / 1e3;
    subqueryStepMs = options.subqueryStepMs();
  }

  /// The most steps at which a part of a query is evaluated.
  public static long most(Expr expr, Grid grid, EvalOptions options) {
    try {
      long spanMs = grid.endMs() - grid.startMs();
      return Math.max(grid.size(), new Steps(grid, options).below(expr, spanMs));
    } catch (ArithmeticException _) {
      return grid.size(); // a length of time divided by zero: the query says so when it runs
    }
  }

  /// @param spanMs from the first to the last time at which `expr` is evaluated
  private long below(Expr expr, long spanMs) {
    long most = 0;
    long inner = spanMs;
    if (expr instanceof Expr.Subquery s) {
      inner = (s.shift().at().isPresent() ? 0 : spanMs) + Math.max(0, millis(s.range()));
      long stepMs = s.step().map(this::millis).orElse(subqueryStepMs);
      most = inner / Math.max(1, stepMs);
    }
    for (Expr child : expr.children()) {
      most = Math.max(most, below(child, inner));
    }
    return most;
  }

  private long millis(Dur length) {
    return length.millis(stepSeconds, rangeSeconds);
  }
}
