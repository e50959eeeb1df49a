package io.trivigil.promql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.StepSamples;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.promql.script.SeriesNotation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is looked at for each step; the numbers are those of Prometheus's own test of its
/// statistics.
class StepSamplesTest {
  private final Engine engine = new Engine(EngineOptions.defaults());

  private static MemoryStorage storage() {
    MemoryStorage storage = new MemoryStorage();
    for (int i = 0; i <= 100; i++) {
      storage.add(Labels.of(Labels.NAME, "one"), i * 10_000L, 1 + i);
      for (int s = 1; s <= 3; s++) {
        Labels labels = Labels.of(Labels.NAME, "three", "a", "" + s, "b", "" + s % 2);
        storage.add(labels, i * 10_000L, 1 + i);
      }
    }
    String text = "{{schema:1 count:5 sum:20 buckets:[1 2 1 1]}}";
    SeriesNotation series = SeriesNotation.parse("histogram %s+%sx100".formatted(text, text));
    for (int i = 0; i < series.values().size(); i++) {
      storage.add(series.labels(), i * 10_000L, series.values().get(i), 0);
    }
    return storage;
  }

  private static StepSamples counted(Query query) {
    QueryContext context = QueryContext.unlimited();
    context.countSteps();
    try (Querier querier = storage().open()) {
      Result result = query.run(querier, context);
      return result.stats().steps().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42                                              | 21  | 0",
        "one                                             | 21  | 1",
        "timestamp(one)                                  | 21  | 1",
        "one offset 5s                                   | 21  | 1",
        "histogram                                       | 21  | 13",
        "timestamp(histogram)                            | 21  | 1",
        "three                                           | 21  | 3",
        "one[60s]                                        | 201 | 6",
        "histogram[60s]                                  | 201 | 78",
        "one[60s] @ 30                                   | 201 | 4",
        "max_over_time(one[59s])[20s:5s]                 | 201 | 24",
        "max_over_time(one[60s])                         | 201 | 6",
        "sum(max_over_time(three[60s] @ 30))             | 201 | 12",
        "max_over_time(one[60s:5s])                      | 201 | 12",
        "absent_over_time(one[60s:5s])                   | 201 | 12",
        "sum by (b) (max_over_time(three[60s:5s]))       | 201 | 36",
        "three + three                                   | 201 | 6",
        "sum(rate(three[60s])) + sum(rate(three[60s]))   | 201 | 36",
        "sum by (b) (max_over_time(three[60s:5s])) + sum by (b) (max_over_time(three[60s:5s])) "
            + "| 201 | 72",
        "deriv(one[10s])                                 | 201 | 1",
        "no_such_metric                                  | 201 | 0"
      })
  void anInstantHasOneStep(String text, long seconds, long expected) {
    StepSamples steps = counted(engine.instant(text, seconds * 1000));
    assertThat(steps.size()).isEqualTo(1);
    assertThat(steps.timeMs(0)).isEqualTo(seconds * 1000);
    assertThat(steps.count(0)).as(text).isEqualTo(expected);
    assertThat(steps.total()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one                                 | 1, 1, 1, 1",
        "histogram                           | 13, 13, 13, 13",
        "rate(one[60s])                      | 6, 6, 6, 6",
        "sum(rate(three[55s]))               | 18, 15, 18, 15",
        "max_over_time(one[59s])             | 6, 6, 6, 6",
        "sum(max_over_time(three[60s] @ 30)) | 12, 12, 12, 12",
        "one @ 30 + one                      | 2, 2, 2, 2",
        "max_over_time(one[60s:5s])          | 12, 12, 12, 12",
        "7                                   | 0, 0, 0, 0"
      })
  void aRangeHasMany(String text, String expected) {
    StepSamples steps = counted(engine.range(text, 201_000, 220_000, 5_000));
    StringBuilder told = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      told.append(i == 0 ? "" : ", ").append(steps.count(i));
      assertThat(steps.timeMs(i)).isEqualTo(201_000 + 5_000 * i);
    }
    assertThat(told).as(text).hasToString(expected);
  }

  @Test
  void nothingIsCountedUnlessWanted() {
    try (Querier querier = storage().open()) {
      Result result = engine.instant("one", 21_000).run(querier, QueryContext.unlimited());
      assertThat(result.stats().steps()).isEmpty();
      assertThat(result.stats().samplesRead()).isEqualTo(1);
    }
  }
}
