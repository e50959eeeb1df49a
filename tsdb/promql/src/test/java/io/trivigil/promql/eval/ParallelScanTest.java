package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.Helpers;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With helpers or without: the same answer to the last bit, the same notes, the same errors; and
/// nobody reads any more once the query is over.
class ParallelScanTest {
  private static final int SERIES = 700;
  private static final String[] QUERIES = {
    "sum by (x) (rate(a[1m]))",
    "avg(a)",
    "rate(a[1m]) * 3",
    "topk(3, a)",
    "stddev without (s) (a * 1.1)",
    "sum(a) / count(rate(a[1m]))"
  };

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();
  private final AtomicInteger reading = new AtomicInteger();
  private final AtomicInteger helped = new AtomicInteger();

  ParallelScanTest() {
    for (int s = 0; s < SERIES; s++) {
      Labels labels = Labels.of(Labels.NAME, "a", "s", "" + s, "x", "" + s % 7);
      for (int i = 0; i < 20; i++) {
        storage.add(labels, i * 10_000L, 1.0 / (1 + s + i) + (s % 13 == 0 ? -i : i));
      }
    }
  }

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private Helpers helpers(BooleanSupplier mayGoOn) {
    return new Helpers() {
      @Override
      public void offer(int wanted, Runnable work) {
        for (int i = 0; i < Math.min(3, wanted); i++) {
          threads.execute(work);
        }
      }

      @Override
      public boolean mayGoOn() {
        helped.incrementAndGet();
        return mayGoOn.getAsBoolean();
      }
    };
  }

  private List<String> run(String query, Helpers helpers, long maxSamples) {
    QueryContext context = new QueryContext(() -> 0L, 0, maxSamples);
    context.letHelp(helpers);
    List<String> answer = new ArrayList<>();
    try (Querier querier = new Watched(storage.open())) {
      Result result = engine.range(query, 0, 200_000, 1_000).run(querier, context);
      for (ResultSeries series : ((Result.MatrixResult) result).series()) {
        for (int i = 0; i < series.size(); i++) {
          long bits = Double.doubleToRawLongBits(series.value(i));
          answer.add(series.labels() + "@" + series.timestampMs(i) + "=" + bits);
        }
      }
      answer.addAll(result.infos());
      answer.add("read " + result.stats().samplesRead());
    }
    assertThat(reading).hasValue(0);
    return answer;
  }

  @Test
  void answersAreTheSame() {
    AtomicInteger asked = new AtomicInteger();
    for (String query : QUERIES) {
      List<String> alone = run(query, Helpers.NONE, 1_000_000);
      assertThat(alone).hasSizeGreaterThan(100);
      for (int round = 0; round < 5; round++) {
        assertThat(run(query, helpers(() -> true), 1_000_000)).as(query).isEqualTo(alone);
      }
      Helpers moody = helpers(() -> asked.incrementAndGet() % 3 != 0);
      assertThat(run(query, moody, 1_000_000)).as(query).isEqualTo(alone);
    }
    assertThat(helped).hasPositiveValue();
  }

  @Test
  void errorsAreTheSame() {
    assertThatThrownBy(() -> run("rate(a[1m])", helpers(() -> true), 60_000))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining("too many samples");
    assertThat(reading).hasValue(0);
  }

  @Test
  void cancelledHelpersLeave() {
    QueryContext context = QueryContext.unlimited();
    context.letHelp(
        helpers(
            () -> {
              context.cancel();
              return true;
            }));
    try (Querier querier = new Watched(storage.open())) {
      for (int round = 0; round < 20; round++) {
        try {
          engine.range("sum(rate(a[1m]))", 0, 200_000, 100).run(querier, context);
        } catch (QueryException e) {
          assertThat(e.kind()).isEqualTo(QueryException.Kind.CANCELED);
          return;
        }
      }
    } finally {
      assertThat(reading).hasValue(0);
    }
    assertThat(helped).as("nobody ever came to help").hasPositiveValue();
  }

  /// Counts the reads that are going on.
  private final class Watched extends PassingQuerier {
    Watched(Querier querier) {
      super(querier);
    }

    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      List<Series> watched = new ArrayList<>();
      for (Series series : below.select(hints, matchers)) {
        watched.add(
            new Series() {
              @Override
              public Labels labels() {
                return series.labels();
              }

              @Override
              public void read(long fromMs, long toMs, io.trivigil.model.SampleBuffer out) {
                reading.incrementAndGet();
                series.read(fromMs, toMs, out);
                reading.decrementAndGet();
              }
            });
      }
      return watched;
    }
  }
}
