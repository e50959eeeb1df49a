package io.trivigil.promql.eval;

import io.trivigil.promql.ast.Expr;

/// Replaces scalars made of literals by their value. Only scalars: an operator on a vector does
/// more than arithmetic, and `x * 2 * 3` is not `x * 6` to the last digit.
final class Folding {
  private Folding() {}

  static Expr of(Expr expr) {
    Expr mapped = expr.mapChildren(Folding::of);
    return switch (mapped) {
      case Expr.Paren(Expr.NumberLiteral n, var pos) -> literal(n.value(), pos);
      case Expr.Unary(boolean minus, Expr.NumberLiteral n, var pos) ->
          literal(minus ? -n.value() : n.value(), pos);
      case Expr.Binary b
          when b.left() instanceof Expr.NumberLiteral l
              && b.right() instanceof Expr.NumberLiteral r ->
          literal(new Elements(b, new Notes()).floats(l.value(), r.value()), b.pos());
      case Expr.Call c when c.function().name().equals("pi") -> literal(Math.PI, c.pos());
      default -> mapped;
    };
  }

  private static Expr literal(double value, io.trivigil.promql.ast.PosRange pos) {
    return new Expr.NumberLiteral(value, false, pos);
  }
}
