package io.trivigil.promql.eval;

import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;

/// `info`: adds the labels of info series to the series that they describe.
final class InfoJoin {
  private final Evaluator evaluator;

  InfoJoin(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Value eval(Expr.Call call, Grid grid) {
    evaluator.context.check();
    throw QueryException.execution("info() is not supported yet: steps=" + grid.size());
  }
}
