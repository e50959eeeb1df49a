package io.trivigil.promql.eval;

import io.trivigil.promql.ast.Expr;
import java.util.IdentityHashMap;

/// Finds the parts of an expression whose value does not depend on the evaluation time, because
/// every selector in them has an `@`. They are evaluated once per query.
final class Invariance {
  private final IdentityHashMap<Expr, Boolean> known = new IdentityHashMap<>();

  boolean of(Expr expr) {
    Boolean answer = known.get(expr);
    if (answer == null) {
      answer = decide(expr);
      known.put(expr, answer);
    }
    return answer;
  }

  private boolean decide(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> true;
      case Expr.VectorSelector v -> v.shift().at().isPresent();
      case Expr.MatrixSelector m -> m.selector().shift().at().isPresent();
      case Expr.Subquery s -> s.shift().at().isPresent();
      case Expr.Call c -> !dependsOnTime(c.function().name()) && all(c);
      case Expr.Unary _, Expr.Paren _, Expr.Binary _, Expr.Aggregate _ -> all(expr);
    };
  }

  private boolean all(Expr expr) {
    for (Expr child : expr.children()) {
      if (!of(child)) {
        return false;
      }
    }
    return true;
  }

  /// Functions whose answer depends on the evaluation time itself.
  private static boolean dependsOnTime(String function) {
    return switch (function) {
      case "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "hour",
          "minute",
          "month",
          "year",
          "predict_linear",
          "time",
          "timestamp",
          "start_timestamp",
          "start",
          "end",
          "range",
          "step" ->
          true;
      default -> false;
    };
  }
}
