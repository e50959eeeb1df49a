package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Sorting asks the store for the labels of a series once, not at every comparison.
class SelectorsTest {
  private static final int SERIES = 300;

  private static final class Counting extends PassingQuerier {
    private final AtomicInteger asked;

    Counting(Querier below, AtomicInteger asked) {
      super(below);
      this.asked = asked;
    }

    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      return below.select(hints, matchers).reversed().stream().map(this::counted).toList();
    }

    private Series counted(Series series) {
      return new Series() {
        @Override
        public Labels labels() {
          asked.incrementAndGet();
          return series.labels();
        }

        @Override
        public void read(long fromMs, long toMs, SampleBuffer out) {
          series.read(fromMs, toMs, out);
        }
      };
    }
  }

  @Test
  void labelsAreAskedForOnceToSortAndOnceToRead() {
    MemoryStorage storage = new MemoryStorage();
    for (int s = 0; s < SERIES; s++) {
      storage.add(Labels.of(Labels.NAME, "a", "s", "%03d".formatted(s * 7 % SERIES)), 0, 1);
    }
    AtomicInteger asked = new AtomicInteger();
    Engine engine = new Engine(EngineOptions.defaults());
    try (Querier querier = new Counting(storage.open(), asked)) {
      Result result =
          engine.instant("topk(%d, a)".formatted(SERIES), 0).run(querier, QueryContext.unlimited());
      List<Labels> found =
          ((Result.VectorResult) result).series().stream().map(ResultSeries::labels).toList();
      assertThat(found).hasSize(SERIES).isSorted();
    }
    assertThat(asked.get()).isBetween(SERIES, 2 * SERIES);
  }
}
