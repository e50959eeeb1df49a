package io.trivigil.promql.engine;

import io.trivigil.promql.Features;
import io.trivigil.promql.QueryContext;
import java.time.Duration;

/// What holds for all queries of an engine.
///
/// @param lookback how old the newest sample may be for an instant selector; 5m by default
/// @param subqueryStep the step of a subquery without one: the global evaluation interval; 1m
/// @param maxSamples how many samples one query may hold at once; 50 million
/// @param maxPoints how many steps a range query may have; 11,000
/// @param timeout how long one query may run; 2m
public record EngineOptions(
    Duration lookback,
    Duration subqueryStep,
    long maxSamples,
    int maxPoints,
    Duration timeout,
    Features features) {

  public EngineOptions {
    if (lookback.toMillis() <= 0 || subqueryStep.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "lookback and subquery step must be positive: lookback=%s subquery_step=%s"
              .formatted(lookback, subqueryStep));
    }
  }

  /// Prometheus's defaults.
  public static EngineOptions defaults() {
    return new EngineOptions(
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        QueryContext.DEFAULT_MAX_SAMPLES,
        11_000,
        Duration.ofMinutes(2),
        Features.standard());
  }

  public EngineOptions withFeatures(Features changed) {
    return new EngineOptions(lookback, subqueryStep, maxSamples, maxPoints, timeout, changed);
  }

  public EngineOptions withLookback(Duration changed) {
    return new EngineOptions(changed, subqueryStep, maxSamples, maxPoints, timeout, features);
  }

  public EngineOptions withSubqueryStep(Duration changed) {
    return new EngineOptions(lookback, changed, maxSamples, maxPoints, timeout, features);
  }

  public EngineOptions withTimeout(Duration changed) {
    return new EngineOptions(lookback, subqueryStep, maxSamples, maxPoints, changed, features);
  }

  public EngineOptions withMaxSamples(long changed) {
    return new EngineOptions(lookback, subqueryStep, changed, maxPoints, timeout, features);
  }
}
