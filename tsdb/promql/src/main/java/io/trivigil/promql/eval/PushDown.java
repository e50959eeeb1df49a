package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.promql.ast.VectorMatching.Card;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Asks of both sides of an operator what only one of them asks: in `a{job="x"} / b`, whatever of
/// `b` has another job finds no partner and need not be read.
///
/// Answers stay the same, errors included: a side is narrowed only where no series of it could have
/// been at odds with another one ([Shape]). What may go missing are annotations about samples that
/// were not part of the answer.
final class PushDown {
  private PushDown() {}

  static Expr of(Expr expr) {
    Expr mapped = expr.mapChildren(PushDown::of);
    if (mapped instanceof Expr.Binary b && b.matching().isPresent()) {
      return both(b, b.matching().get());
    }
    return mapped;
  }

  private static Expr both(Expr.Binary b, VectorMatching matching) {
    if (b.op() == BinaryOp.OR || matching.fills()) {
      return b;
    }
    List<Matcher> left = matched(given(b.left()), matching);
    List<Matcher> right = matched(given(b.right()), matching);
    if (left.isEmpty() && right.isEmpty()) {
      return b;
    }
    if (b.op() == BinaryOp.UNLESS) {
      right = List.of(); // what the right side lacks stays
    } else if (b.op() != BinaryOp.AND && !Shape.isUnique(VectorMatcher.one(b), matching)) {
      return b; // two partners are an error, even of nobody
    }
    Expr l = narrowed(b.left(), right);
    Expr r = narrowed(b.right(), left);
    return l == b.left() && r == b.right()
        ? b
        : new Expr.Binary(b.op(), l, r, b.bool(), b.matching());
  }

  private static Expr narrowed(Expr expr, List<Matcher> matchers) {
    return matchers.isEmpty() || !Shape.isQuiet(expr) ? expr : narrow(expr, matchers);
  }

  private static List<Matcher> matched(List<Matcher> matchers, VectorMatching matching) {
    return matchers.stream().filter(m -> Shape.isMatched(m.name(), matching)).toList();
  }

  /// Conditions that every series of the answer fulfils: equalities with a value.
  private static List<Matcher> given(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector v ->
          v.matchers().stream()
              .filter(m -> m.op() == Matcher.Op.EQUALS && !m.value().isEmpty())
              .filter(m -> !m.name().equals(Labels.NAME))
              .toList();
      case Expr.MatrixSelector m -> given(m.selector());
      case Expr.Subquery s -> given(s.expr());
      case Expr.Paren p -> given(p.expr());
      case Expr.Unary u -> given(u.expr());
      case Expr.Call c -> Shape.keepsLabels(c) ? given(Shape.vector(c)) : List.of();
      case Expr.Aggregate a -> {
        if (!a.op().folds() && !a.op().selects()) {
          yield List.of();
        }
        List<Matcher> below = given(a.expr());
        yield a.op().selects()
            ? below
            : below.stream().filter(m -> a.grouping().contains(m.name()) != a.without()).toList();
      }
      case Expr.Binary b -> given(b);
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> List.of();
    };
  }

  private static List<Matcher> given(Expr.Binary b) {
    if (b.matching().isEmpty()) {
      return Shape.isVector(b.left()) ? given(b.left()) : given(b.right());
    }
    VectorMatching matching = b.matching().get();
    if (b.op() == BinaryOp.OR || matching.fills()) {
      return List.of();
    }
    Set<Matcher> all = new LinkedHashSet<>();
    if (b.op().isSet()) {
      all.addAll(given(b.left()));
      if (b.op() == BinaryOp.AND) {
        all.addAll(matched(given(b.right()), matching));
      }
      return List.copyOf(all);
    }
    boolean onlyMatched = matching.card() == Card.ONE_TO_ONE;
    given(VectorMatcher.many(b)).stream()
        .filter(m -> !onlyMatched || Shape.isMatched(m.name(), matching))
        .forEach(all::add);
    all.addAll(matched(given(VectorMatcher.one(b)), matching));
    all.removeIf(m -> matching.include().contains(m.name()));
    return List.copyOf(all);
  }

  /// An expression with all the series of this one that fulfil the conditions, and maybe others.
  private static Expr narrow(Expr expr, List<Matcher> matchers) {
    return switch (expr) {
      case Expr.VectorSelector v -> with(v, matchers);
      case Expr.MatrixSelector _, Expr.Subquery _, Expr.Paren _, Expr.Unary _ ->
          expr.mapChildren(child -> narrow(child, matchers));
      case Expr.Call c ->
          c.mapChildren(arg -> arg == Shape.vector(c) ? narrow(arg, matchers) : arg);
      case Expr.Aggregate a -> {
        List<Matcher> apart =
            matchers.stream().filter(m -> a.grouping().contains(m.name()) != a.without()).toList();
        yield apart.isEmpty()
            ? a
            : a.mapChildren(child -> child == a.expr() ? narrow(child, apart) : child);
      }
      case Expr.Binary b -> narrow(b, matchers);
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> expr;
    };
  }

  private static Expr narrow(Expr.Binary b, List<Matcher> matchers) {
    if (b.matching().isEmpty()) {
      return b.mapChildren(side -> Shape.isVector(side) ? narrow(side, matchers) : side);
    }
    VectorMatching matching = b.matching().get();
    List<Matcher> matched = matched(matchers, matching);
    List<Matcher> unmatched = new ArrayList<>(matchers);
    unmatched.removeAll(matched);
    Expr many = VectorMatcher.many(b);
    if (b.op() == BinaryOp.OR || matching.card() == Card.ONE_TO_ONE) {
      unmatched = List.of();
    }
    unmatched = unmatched.stream().filter(m -> !matching.include().contains(m.name())).toList();
    List<Matcher> ofMany = new ArrayList<>(matched);
    ofMany.addAll(unmatched);
    return b.mapChildren(side -> narrow(side, side == many ? ofMany : matched));
  }

  /// The matcher for the name stays the last.
  private static Expr.VectorSelector with(Expr.VectorSelector v, List<Matcher> more) {
    List<Matcher> matchers = new ArrayList<>();
    for (Matcher matcher : more) {
      if (v.matchers().stream().noneMatch(m -> m.equals(matcher))) {
        matchers.add(matcher);
      }
    }
    if (matchers.isEmpty()) {
      return v;
    }
    matchers.addAll(v.matchers());
    return new Expr.VectorSelector(v.name(), matchers, v.shift(), v.extension(), v.pos());
  }
}
