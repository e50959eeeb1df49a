package io.trivigil.promql.engine;

import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.eval.EvalOptions;
import io.trivigil.promql.eval.Grid;
import io.trivigil.promql.parse.Parser;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Prepares queries. Safe for all threads.
public final class Engine {
  private final EngineOptions options;

  public Engine(EngineOptions options) {
    this.options = options;
  }

  public EngineOptions options() {
    return options;
  }

  /// Parses with this engine's features.
  ///
  /// @throws io.trivigil.promql.parse.ParseException if the text is no expression
  public Expr parse(String query) {
    return Parser.parse(query, options.features());
  }

  /// A query for one moment.
  public Query instant(String query, long timeMs) {
    return instant(parse(query), query, timeMs);
  }

  /// A query for one moment, already parsed; `query` is the text that positions refer to.
  public Query instant(Expr expr, String query, long timeMs) {
    return new Query(expr, query, Grid.instant(timeMs), true, evalOptions());
  }

  /// A query for one moment, already parsed; annotations name positions in its printed form.
  public Query instant(Expr expr, long timeMs) {
    return instant(expr, expr.print(), timeMs);
  }

  /// A query for every `stepMs` from `startMs` to `endMs`, both inclusive.
  ///
  /// @throws QueryException if the expression has the wrong type, or there are too many steps
  public Query range(String query, long startMs, long endMs, long stepMs) {
    return range(parse(query), query, startMs, endMs, stepMs);
  }

  /// A range query that is already parsed; `query` is the text that positions refer to.
  public Query range(Expr expr, String query, long startMs, long endMs, long stepMs) {
    if (stepMs <= 0) {
      throw bad(
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if (endMs < startMs) {
      throw bad("end timestamp must not be before start time");
    }
    if ((endMs - startMs) / stepMs > options.maxPoints()) {
      throw bad(
          "exceeded maximum resolution of %s points per timeseries. Try decreasing the query"
                  .formatted(String.format(Locale.ROOT, "%,d", options.maxPoints()))
              + " resolution (?step=XX)");
    }
    if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      throw bad(
          "invalid expression type \"%s\" for range query, must be Scalar or instant Vector"
              .formatted(expr.type().documented()));
    }
    return new Query(expr, query, new Grid(startMs, endMs, stepMs), false, evalOptions());
  }

  /// A context with this engine's limits.
  ///
  /// @param nanoTicker elapsed time in nanoseconds
  public QueryContext context(LongSupplier nanoTicker) {
    return context(nanoTicker, options.timeout());
  }

  /// A context with a timeout of its own, at most the engine's.
  public QueryContext context(LongSupplier nanoTicker, Duration timeout) {
    long nanos = Math.min(timeout.toNanos(), options.timeout().toNanos());
    return new QueryContext(nanoTicker, nanos, options.maxSamples());
  }

  private EvalOptions evalOptions() {
    return new EvalOptions(
        options.lookback().toMillis(), options.subqueryStep().toMillis(), options.features());
  }

  private static QueryException bad(String message) {
    return new QueryException(QueryException.Kind.BAD_DATA, message);
  }
}
