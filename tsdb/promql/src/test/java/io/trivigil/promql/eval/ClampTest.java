package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Go's maximum of infinity and NaN is infinity, Java's is NaN.
class ClampTest {
  private final MemoryStorage storage = new MemoryStorage();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clamp(m, Inf, NaN)   | Infinity",
        "clamp(m, NaN, -Inf)  | NaN",
        "clamp(odd, -Inf, 5)  | NaN",
        "clamp_min(odd, Inf)  | Infinity",
        "clamp_max(odd, -Inf) | -Infinity",
        "clamp_min(m, NaN)    | NaN",
        "clamp_max(odd, Inf)  | NaN",
        "clamp(m, 2, 5)       | 2",
      })
  void infinityBeatsNaN(String query, double expected) {
    storage.add(Labels.of(Labels.NAME, "m"), 0, 1);
    storage.add(Labels.of(Labels.NAME, "odd"), 0, Double.NaN);
    try (Querier querier = storage.open()) {
      Result result =
          new Engine(EngineOptions.defaults())
              .instant(query, 0)
              .run(querier, QueryContext.unlimited());
      assertThat(((Result.VectorResult) result).series())
          .singleElement()
          .extracting(series -> series.value(0))
          .isEqualTo(expected);
    }
  }
}
