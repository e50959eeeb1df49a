package io.trivigil.rules.query;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.engine.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Expressions by way of the PromQL engine. Thread-safe; parsed expressions are kept, the least
/// used ones go first.
public final class PromqlExpressions implements Expressions {
  /// How many parsed expressions are kept.
  public static final int MAX_PARSED = 10_000;

  private record Parsed(Engine engine, Expr expr) {}

  private final Supplier<Engine> engines;
  private final LongSupplier nanoTicker;

  // Guarded by itself: looking up reorders it.
  private final Map<String, Parsed> parsed =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Parsed> eldest) {
          return size() > MAX_PARSED;
        }
      };

  /// @param nanoTicker elapsed time, for the engine's timeout
  public PromqlExpressions(Engine engine, LongSupplier nanoTicker) {
    this(() -> engine, nanoTicker);
  }

  /// @param engines the engine in force, which may change with the configuration
  public PromqlExpressions(Supplier<Engine> engines, LongSupplier nanoTicker) {
    this.engines = engines;
    this.nanoTicker = nanoTicker;
  }

  @Override
  public String check(String expr) {
    try {
      return parse(engines.get(), expr).print();
    } catch (QueryException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Expr parse(Engine engine, String text) {
    synchronized (parsed) {
      Parsed known = parsed.get(text);
      if (known != null && known.engine().equals(engine)) {
        return known.expr();
      }
    }
    Expr expr = engine.parse(text);
    synchronized (parsed) {
      parsed.put(text, new Parsed(engine, expr));
    }
    return expr;
  }

  @Override
  public List<VectorSample> instant(Querier querier, String expr, long atMs) {
    Engine engine = engines.get();
    QueryContext context = engine.context(nanoTicker);
    try {
      return samples(engine.instant(parse(engine, expr), expr, atMs).run(querier, context));
    } catch (QueryException e) {
      throw new QueryFailedException(String.valueOf(e.getMessage()));
    }
  }

  private static List<VectorSample> samples(Result result) {
    return switch (result) {
      case Result.ScalarResult scalar -> List.of(new VectorSample(Labels.EMPTY, scalar.value()));
      case Result.StringResult text ->
          List.of(new VectorSample(Labels.of("__value__", text.value()), 0));
      case Result.VectorResult vector -> {
        List<VectorSample> samples = new ArrayList<>(vector.series().size());
        for (ResultSeries series : vector.series()) {
          double value = series.isHistogram(0) ? 0 : series.value(0);
          samples.add(new VectorSample(series.labels(), value, series.histogram(0)));
        }
        yield samples;
      }
      case Result.MatrixResult _ ->
          throw new QueryFailedException("rule result is not a vector or scalar");
    };
  }
}
