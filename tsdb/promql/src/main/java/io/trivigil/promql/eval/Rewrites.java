package io.trivigil.promql.eval;

import io.trivigil.promql.ast.Expr;

/// Rewrites an expression, before it runs, to one that gives the same answer for less: constants
/// are folded ([Folding]), and conditions on one side of an operator are asked of the other side
/// too ([PushDown]). Nodes keep their positions. What does not change stays the very same node.
public final class Rewrites {
  private Rewrites() {}

  /// The expression to evaluate.
  public static Expr of(Expr expr) {
    return PushDown.of(Folding.of(expr));
  }
}
