package io.trivigil.node;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.engine.Engine;
import io.trivigil.rules.query.Expressions;
import io.trivigil.rules.query.VectorSample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// PromQL as rules need it, by the engine. Thread-safe.
public final class EngineExpressions implements Expressions {
  private final Supplier<Engine> engine;
  private final LongSupplier nanoTicker;

  /// @param engine the engine in force; it changes with the configuration
  /// @param nanoTicker elapsed time, nanoseconds
  public EngineExpressions(Supplier<Engine> engine, LongSupplier nanoTicker) {
    this.engine = engine;
    this.nanoTicker = nanoTicker;
  }

  @Override
  public String check(String expr) {
    return engine.get().parse(expr).print();
  }

  @Override
  public List<VectorSample> instant(Querier querier, String expr, long atMs) {
    Engine current = engine.get();
    try {
      Result result = current.instant(expr, atMs).run(querier, current.context(nanoTicker));
      return switch (result) {
        case Result.ScalarResult scalar -> List.of(new VectorSample(Labels.EMPTY, scalar.value()));
        case Result.StringResult text ->
            List.of(new VectorSample(Labels.of("__value__", text.value()), 0));
        case Result.VectorResult vector -> samples(vector);
        case Result.MatrixResult _ ->
            throw new QueryFailedException("rule result is not a vector or scalar");
      };
    } catch (QueryException e) {
      throw new QueryFailedException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new QueryFailedException(String.valueOf(e.getMessage()));
    }
  }

  private static List<VectorSample> samples(Result.VectorResult vector) {
    List<VectorSample> samples = new ArrayList<>(vector.series().size());
    for (ResultSeries series : vector.series()) {
      if (!series.isHistogram(0)) {
        samples.add(new VectorSample(series.labels(), series.value(0)));
      }
    }
    return samples;
  }
}
