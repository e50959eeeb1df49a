package io.trivigil.promql.engine;

import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.eval.EvalOptions;
import io.trivigil.promql.eval.Evaluation;
import io.trivigil.promql.eval.Grid;
import io.trivigil.promql.eval.Rewrites;
import io.trivigil.promql.eval.Steps;
import io.trivigil.promql.plan.PlanNode;

/// A prepared query. Immutable; may be run any number of times.
public final class Query {
  private final Expr expr;
  private final Expr rewritten;
  private final String text;
  private final Grid grid;
  private final boolean instant;
  private final EvalOptions options;

  Query(Expr expr, String text, Grid grid, boolean instant, EvalOptions options) {
    this(expr, Rewrites.of(expr), text, grid, instant, options);
  }

  private Query(
      Expr expr, Expr rewritten, String text, Grid grid, boolean instant, EvalOptions options) {
    this.expr = expr;
    this.rewritten = rewritten;
    this.text = text;
    this.grid = grid;
    this.instant = instant;
    this.options = options;
  }

  public Expr expr() {
    return expr;
  }

  public String text() {
    return text;
  }

  /// The most steps at which a part of the query is evaluated: its own, or those of a subquery.
  public long steps() {
    return Steps.most(rewritten, grid, options);
  }

  /// Runs the query on the thread that calls.
  ///
  /// @throws QueryException if it fails, is cancelled, or reaches a limit
  public Result run(Querier querier, QueryContext context) {
    return run(new Evaluation(text, grid, instant, querier, context, options, false));
  }

  /// Runs the query on the thread that calls, and tells what each part of it cost.
  ///
  /// @throws QueryException if it fails, is cancelled, or reaches a limit
  public PlanNode.Explained explain(Querier querier, QueryContext context) {
    Evaluation evaluation = new Evaluation(text, grid, instant, querier, context, options, true);
    Result result = run(evaluation);
    return new PlanNode.Explained(result, evaluation.plan(rewritten));
  }

  private Result run(Evaluation evaluation) {
    try {
      return evaluation.run(rewritten);
    } catch (ArithmeticException e) {
      throw QueryException.execution(String.valueOf(e.getMessage()));
    }
  }

  /// The same query, evaluated as it is written.
  Query asWritten() {
    return new Query(expr, expr, text, grid, instant, options);
  }

  /// The same query with another lookback.
  public Query withLookbackMs(long lookbackMs) {
    return new Query(
        expr,
        rewritten,
        text,
        grid,
        instant,
        new EvalOptions(lookbackMs, options.subqueryStepMs(), options.features()));
  }
}
