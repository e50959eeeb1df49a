package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.promql.ast.VectorMatching.Card;
import java.util.List;

/// What can be said of the labels of an expression's series without reading any.
final class Shape {
  private Shape() {}

  static boolean isVector(Expr expr) {
    return expr.type() == ValueType.VECTOR;
  }

  /// Whether the value of a label decides who is whose partner.
  static boolean isMatched(String label, VectorMatching matching) {
    return matching.labels().contains(label) == matching.on() && !label.equals(Labels.NAME);
  }

  /// The argument whose series a call maps one by one.
  static Expr vector(Expr.Call c) {
    return c.args().get(0);
  }

  /// Whether each series of a call comes from one of its first argument, with the same labels but
  /// for the name, whatever other series there are.
  static boolean keepsLabels(Expr.Call c) {
    return switch (c.function().name()) {
      case "rate",
          "increase",
          "delta",
          "irate",
          "idelta",
          "changes",
          "resets",
          "deriv",
          "sum_over_time",
          "avg_over_time",
          "count_over_time",
          "min_over_time",
          "max_over_time",
          "last_over_time",
          "first_over_time",
          "present_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "clamp",
          "clamp_min",
          "clamp_max",
          "round" ->
          true;
      default -> InstantFunctions.plain(c.function().name()).isPresent();
    };
  }

  /// Whether no two series have the same labels, even without their names, at any time.
  static boolean isDistinct(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector v -> hasOneName(v);
      case Expr.MatrixSelector m -> hasOneName(m.selector());
      case Expr.Subquery s -> isDistinct(s.expr());
      case Expr.Paren p -> isDistinct(p.expr());
      case Expr.Unary u -> isDistinct(u.expr());
      case Expr.Call c -> keepsLabels(c) && isDistinct(vector(c));
      case Expr.Aggregate a ->
          a.op().folds()
              ? a.without() || !a.grouping().contains(Labels.NAME)
              : a.op().selects() && isDistinct(a.expr());
      case Expr.Binary b -> {
        if (b.matching().isEmpty()) {
          yield isDistinct(isVector(b.left()) ? b.left() : b.right());
        }
        VectorMatching matching = b.matching().get();
        if (b.op().isSet()) {
          yield b.op() != BinaryOp.OR && isDistinct(b.left());
        }
        yield !matching.fills() && matching.card() == Card.ONE_TO_ONE;
      }
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> false;
    };
  }

  private static boolean hasOneName(Expr.VectorSelector v) {
    return v.matchers().stream()
        .anyMatch(m -> m.name().equals(Labels.NAME) && m.op() == Matcher.Op.EQUALS);
  }

  /// Whether no two series of a side of an operator are in the same match group at a time.
  static boolean isUnique(Expr expr, VectorMatching matching) {
    return switch (expr) {
      case Expr.Paren p -> isUnique(p.expr(), matching);
      case Expr.Unary u -> isUnique(u.expr(), matching);
      case Expr.Aggregate a when a.op().folds() ->
          a.without()
              ? !matching.on() && a.grouping().containsAll(matching.labels())
              : a.grouping().stream().allMatch(label -> isMatched(label, matching));
      case Expr.Binary b when b.matching().isEmpty() ->
          isUnique(isVector(b.left()) ? b.left() : b.right(), matching);
      default -> !matching.on() && matching.labels().isEmpty() && isDistinct(expr);
    };
  }

  /// Whether its series come about each by themselves, so that leaving out some of them changes
  /// neither the others nor whether there is an error.
  static boolean isQuiet(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector v -> v.extension() == Expr.Extension.NONE;
      case Expr.MatrixSelector m -> isQuiet(m.selector());
      case Expr.Subquery s -> isQuiet(s.expr());
      case Expr.Paren p -> isQuiet(p.expr());
      case Expr.Unary u -> isDistinct(u.expr()) && isQuiet(u.expr());
      case Expr.Call c ->
          keepsLabels(c)
              && isDistinct(vector(c))
              && isQuiet(vector(c))
              && !notesNames(c)
              && c.args().stream().skip(1).allMatch(Expr.NumberLiteral.class::isInstance);
      case Expr.Aggregate a ->
          isQuiet(a.expr())
              && (a.op().folds()
                  || ((a.op() == AggregateOp.TOPK || a.op() == AggregateOp.BOTTOMK)
                      && a.parameter().orElseThrow() instanceof Expr.NumberLiteral k
                      && k.value() >= 1
                      && k.value() <= Integer.MAX_VALUE));
      case Expr.Binary b -> isQuiet(b);
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> false;
    };
  }

  private static boolean isQuiet(Expr.Binary b) {
    if (b.matching().isEmpty()) {
      Expr vector = isVector(b.left()) ? b.left() : b.right();
      return isDistinct(vector) && isQuiet(vector);
    }
    if (!isQuiet(b.left()) || !isQuiet(b.right())) {
      return false;
    }
    VectorMatching matching = b.matching().get();
    if (b.op().isSet()) {
      return true;
    }
    Expr many = VectorMatcher.many(b);
    return !matching.fills()
        && isUnique(VectorMatcher.one(b), matching)
        && (matching.card() == Card.ONE_TO_ONE
            ? isUnique(many, matching)
            : matching.include().isEmpty() && isDistinct(many));
  }

  /// Whether the mere presence of series is worth an annotation: a counter by no counter's name.
  private static boolean notesNames(Expr.Call c) {
    List<String> counters = List.of("_total", "_sum", "_count", "_bucket");
    return (c.function().name().equals("rate") || c.function().name().equals("increase"))
        && !(vector(c) instanceof Expr.MatrixSelector m
            && counters.stream().anyMatch(m.selector().metricName()::endsWith));
  }
}
