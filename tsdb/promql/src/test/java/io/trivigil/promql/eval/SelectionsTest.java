package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The k first of a stable sort, whichever way they are found: equals in the order of their labels,
/// NaNs last.
class SelectionsTest {
  private static final int SERIES = 120;

  private record Point(Labels labels, double value) {}

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 31, 32, 33, 119, 120, 1000})
  void topkIsTheHeadOfTheSortedSeries(int k) {
    RandomGenerator random = new Random(k);
    MemoryStorage storage = new MemoryStorage();
    List<Point> points = new ArrayList<>();
    for (int s = 0; s < SERIES; s++) {
      Labels labels = Labels.of(Labels.NAME, "a", "s", "%03d".formatted(s));
      double value = random.nextInt(10) == 0 ? Double.NaN : random.nextInt(25);
      storage.add(labels, 0, value);
      points.add(new Point(labels, value));
    }
    Comparator<Point> rising = (a, b) -> Sorting.compareValues(a.value, b.value, false);
    Comparator<Point> falling = (a, b) -> Sorting.compareValues(a.value, b.value, true);
    assertThat(labels(storage, "topk(%d, a)".formatted(k))).isEqualTo(first(points, falling, k));
    assertThat(labels(storage, "bottomk(%d, a)".formatted(k))).isEqualTo(first(points, rising, k));
  }

  private static List<Labels> first(List<Point> points, Comparator<Point> order, int k) {
    return points.stream().sorted(order).limit(k).map(Point::labels).toList();
  }

  private static List<Labels> labels(MemoryStorage storage, String query) {
    Engine engine = new Engine(EngineOptions.defaults());
    try (Querier querier = storage.open()) {
      Result result = engine.instant(query, 0).run(querier, QueryContext.unlimited());
      return ((Result.VectorResult) result).series().stream().map(ResultSeries::labels).toList();
    }
  }
}
