package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.promql.script.SeriesNotation;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// A range query is the instant queries at its steps, whatever the expression. Failing queries fail
/// both ways. Every query also survives being printed and parsed.
class StepEqualityTest {
  private static final long STEP_MS = 45_000;
  private static final int STEPS = 9;

  private final Engine engine =
      new Engine(
          EngineOptions.defaults()
              .withFeatures(Features.all())
              .withLookback(java.time.Duration.ofSeconds(100)));

  @Test
  void rangeEqualsInstants() {
    int answered = 0;
    for (int seed = 1; seed <= 400; seed++) {
      RandomGenerator random = new Random(seed);
      MemoryStorage storage = storage(random);
      String query = new RandomQueries(random).vector(4);
      Expr expr = Parser.parse(query, Features.all());
      String printed = expr.print();
      assertThat(Parser.parse(printed, Features.all()).print()).as(query).isEqualTo(printed);
      assertThat(Parser.parse(expr.pretty(), Features.all()).print()).as(query).isEqualTo(printed);
      if (query.contains("end()") || query.contains("topk") || query.contains("bottomk")) {
        continue; // end() differs by design; ties are broken by order
      }
      answered += compare(seed, query, storage);
    }
    assertThat(answered).isGreaterThan(50);
  }

  private int compare(int seed, String query, MemoryStorage storage) {
    Map<String, Long> range;
    try {
      range = points(run(storage, engine.range(query, 0, (STEPS - 1) * STEP_MS, STEP_MS)));
    } catch (QueryException e) {
      boolean fails = false;
      for (int i = 0; i < STEPS; i++) {
        fails |= fails(storage, engine.instant(query, i * STEP_MS));
      }
      assertThat(fails).as("seed %d: %s: %s", seed, query, e.getMessage()).isTrue();
      return 0;
    }
    Map<String, Long> instants = new TreeMap<>();
    for (int i = 0; i < STEPS; i++) {
      instants.putAll(points(run(storage, engine.instant(query, i * STEP_MS))));
    }
    assertThat(range).as("seed %d: %s", seed, query).isEqualTo(instants);
    return range.isEmpty() ? 0 : 1;
  }

  private static boolean fails(MemoryStorage storage, Query query) {
    try {
      run(storage, query);
      return false;
    } catch (QueryException e) {
      return true;
    }
  }

  private static Result run(MemoryStorage storage, Query query) {
    try (Querier querier = storage.open()) {
      return query.run(querier, QueryContext.unlimited());
    }
  }

  private static Map<String, Long> points(Result result) {
    Map<String, Long> points = new TreeMap<>();
    for (ResultSeries series :
        switch (result) {
          case Result.VectorResult vector -> vector.series();
          case Result.MatrixResult matrix -> matrix.series();
          default -> throw new IllegalStateException(result.type());
        }) {
      for (int i = 0; i < series.size(); i++) {
        double value = series.value(i);
        points.put(
            series.labels() + "@" + series.timestampMs(i),
            series.isHistogram(i)
                ? series.histogram(i).orElseThrow().toString().hashCode()
                : Double.isNaN(value) ? Staleness.NAN_BITS : Double.doubleToRawLongBits(value));
      }
    }
    return points;
  }

  private static MemoryStorage storage(RandomGenerator random) {
    MemoryStorage storage = new MemoryStorage();
    for (String name : new String[] {"a", "b", "c_bucket"}) {
      for (int s = 0; s < 4; s++) {
        Labels labels =
            Labels.of(Labels.NAME, name, "x", "" + s % 2, "y", "" + s / 2, "le", "" + s);
        double value = random.nextInt(10);
        for (long t = random.nextInt(20_000); t < 400_000; t += 10_000 + random.nextInt(20_000)) {
          value = random.nextInt(6) == 0 ? 0 : value + random.nextInt(5);
          storage.add(labels, t, random.nextInt(15) == 0 ? Staleness.marker() : value);
        }
      }
    }
    for (int s = 0; s < 3; s++) {
      String text =
          "{{schema:%d count:3 sum:4 z_bucket:1 z_bucket_w:0.1 buckets:[1 1]}}".formatted(s);
      SeriesNotation series =
          SeriesNotation.parse("h{x=\"%d\"} %s+%sx12 %sx5".formatted(s, text, text, text));
      for (int i = 0; i < series.values().size(); i++) {
        storage.add(series.labels(), i * 20_000L, series.values().get(i), 0);
      }
    }
    return storage;
  }
}
