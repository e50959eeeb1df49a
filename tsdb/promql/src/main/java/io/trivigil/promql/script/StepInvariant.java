package io.trivigil.promql.script;

import io.trivigil.promql.ast.Expr;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// Rewrites a query so that its answer no longer depends on when it is asked.
final class StepInvariant {
  private static final Set<String> UNSAFE =
      Set.of(
          "days_in_month",
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
          "start",
          "end",
          "range",
          "step");

  private StepInvariant() {}

  static boolean isUnsafe(Expr expr) {
    AtomicBoolean unsafe = new AtomicBoolean();
    expr.walk(
        node -> {
          if (node instanceof Expr.Call call && UNSAFE.contains(call.function().name())) {
            unsafe.set(true);
          }
        });
    return unsafe.get();
  }

  static boolean namesQueryBounds(String query) {
    return query.contains("start()")
        || query.contains("end()")
        || query.contains("range()")
        || query.contains("step()");
  }

  /// Every selector and subquery that has no `@` gets one.
  static Expr pin(Expr expr, long timeMs) {
    return switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> expr;
      case Expr.VectorSelector v -> selector(v, timeMs);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(selector(m.selector(), timeMs), m.range(), m.pos());
      case Expr.Subquery s ->
          s.shift().at().isPresent()
              ? s
              : new Expr.Subquery(
                  s.expr(), s.range(), s.step(), pinned(s.shift(), timeMs), s.pos());
      case Expr.Unary u -> new Expr.Unary(u.minus(), pin(u.expr(), timeMs), u.pos());
      case Expr.Paren p -> new Expr.Paren(pin(p.expr(), timeMs), p.pos());
      case Expr.Binary b ->
          new Expr.Binary(
              b.op(), pin(b.left(), timeMs), pin(b.right(), timeMs), b.bool(), b.matching());
      case Expr.Call c -> new Expr.Call(c.function(), all(c.args(), timeMs), c.pos());
      case Expr.Aggregate a ->
          new Expr.Aggregate(
              a.op(),
              pin(a.expr(), timeMs),
              a.parameter().map(parameter -> pin(parameter, timeMs)),
              a.grouping(),
              a.without(),
              a.pos());
    };
  }

  private static List<Expr> all(List<Expr> args, long timeMs) {
    return args.stream().map(arg -> pin(arg, timeMs)).toList();
  }

  private static Expr.VectorSelector selector(Expr.VectorSelector v, long timeMs) {
    return v.shift().at().isPresent() ? v : v.withShift(pinned(v.shift(), timeMs), v.pos());
  }

  private static Expr.TimeShift pinned(Expr.TimeShift shift, long timeMs) {
    return shift.withAt(new Expr.At.Time(timeMs));
  }
}
