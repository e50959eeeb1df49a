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
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.promql.script.SeriesNotation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// An aggregation over a match of two vectors says the same, errors included, whether the match
/// streams past it or is made as a whole first. `v or v` is `v` and does not stream.
class StreamedJoinTest {
  private static final int QUERIES = 1_500;

  @Test
  void streamingChangesNoAnswer() {
    Set<String> kinds = new HashSet<>();
    for (Features features : List.of(Features.standard(), Features.all())) {
      Engine engine = new Engine(EngineOptions.defaults().withFeatures(features));
      for (int seed = 1; seed <= QUERIES; seed++) {
        Random random = new Random(seed);
        MemoryStorage storage = storage(random);
        String join = join(random, 2);
        String before = one(random, "sum", "count", "max", "group", "avg") + by(random) + "(";
        for (boolean instant : new boolean[] {true, false}) {
          List<String> expected =
              run(engine, storage, before + "(" + join + ") or (" + join + "))", instant);
          assertThat(run(engine, storage, before + join + ")", instant))
              .as("seed=%d %s%s)", seed, before, join)
              .isEqualTo(expected);
          kinds.add(kind(expected));
        }
      }
    }
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "answer",
            "nothing",
            "found duplicate series",
            "vector cannot contain metrics with the same labelset",
            "multiple matches for labels: grouping labels must ensure unique matches",
            "multiple matches for labels: many-to-one matching must be explicit"
                + " (group_left/group_right)");
  }

  @Test
  void onlyTheOneSideIsHeld() {
    MemoryStorage storage = new MemoryStorage();
    for (int s = 0; s < 500; s++) {
      for (int i = 0; i < 10; i++) {
        storage.add(Labels.of(Labels.NAME, "m", "s", "" + s, "x", "" + s % 5), i * 10_000L, i);
      }
    }
    for (int x = 0; x < 5; x++) {
      storage.add(Labels.of(Labels.NAME, "info", "x", "" + x, "z", "" + x % 2), 0, 1);
    }
    Engine engine = new Engine(EngineOptions.defaults());
    String join = "rate(m[1m]) * on (x) group_left (z) info";
    assertThat(peak(engine, storage, "sum by (z) (" + join + ")")).isLessThan(500);
    assertThat(peak(engine, storage, join)).isGreaterThan(5_000);
  }

  private static long peak(Engine engine, MemoryStorage storage, String text) {
    try (Querier querier = storage.open()) {
      return engine
          .range(text, 0, 90_000, 5_000)
          .run(querier, QueryContext.unlimited())
          .stats()
          .peakSamples();
    }
  }

  private static String kind(List<String> answer) {
    return answer.isEmpty()
        ? "nothing"
        : answer.getFirst().startsWith("error: ") ? answer.getFirst().substring(7) : "answer";
  }

  private static List<String> run(
      Engine engine, MemoryStorage storage, String text, boolean instant) {
    Query query = instant ? engine.instant(text, 200_000) : engine.range(text, 0, 360_000, 45_000);
    List<String> answer = new ArrayList<>();
    try (Querier querier = storage.open()) {
      Result result = query.run(querier, QueryContext.unlimited());
      List<ResultSeries> all =
          switch (result) {
            case Result.VectorResult vector -> vector.series();
            case Result.MatrixResult matrix -> matrix.series();
            default -> throw new AssertionError("no vector: " + text);
          };
      for (ResultSeries series : all) {
        for (int i = 0; i < series.size(); i++) {
          answer.add(
              "%s @%d %s"
                  .formatted(
                      series.labels(),
                      series.timestampMs(i),
                      series.isHistogram(i)
                          ? series.histogram(i).orElseThrow().toString()
                          : Double.toString(series.value(i))));
        }
      }
      // Where they are found in the text differs.
      result.warnings().forEach(text1 -> answer.add(text1.substring(0, text1.lastIndexOf(" ("))));
      Collections.sort(answer);
    } catch (QueryException e) {
      answer.add("error: " + kindOf(String.valueOf(e.getMessage())));
    }
    return answer;
  }

  /// The fact, without the series that happen to be named.
  private static String kindOf(String error) {
    return error.startsWith("found duplicate series") ? "found duplicate series" : error;
  }

  /// Values are small multiples of 1/8: sums are exact in any order.
  private static MemoryStorage storage(RandomGenerator random) {
    MemoryStorage storage = new MemoryStorage();
    for (String name : List.of("a", "b")) {
      for (int s = 0; s < 6; s++) {
        Labels.Builder labels =
            new Labels.Builder().set(Labels.NAME, name).set("x", "" + s % 2).set("y", "" + s / 2);
        if (random.nextInt(4) == 0) {
          labels.set("z", "" + random.nextInt(2));
        }
        Labels built = labels.build();
        for (int i = 0; i < 20; i++) {
          double value = random.nextInt(64) / 8.0;
          storage.add(built, i * 20_000L, random.nextInt(6) == 0 ? Staleness.marker() : value);
        }
      }
    }
    for (int s = 0; s < 2; s++) {
      Labels info = Labels.of(Labels.NAME, "info", "x", "" + s, "z", "" + random.nextInt(3));
      Labels next = Labels.of(Labels.NAME, "info", "x", "" + s, "z", "new");
      boolean overlap = random.nextInt(4) == 0;
      for (int i = 0; i < 20; i++) {
        boolean old = i < 10;
        if (old || overlap) {
          storage.add(info, i * 20_000L, 1);
        } else if (i == 10) {
          storage.add(info, i * 20_000L, Staleness.marker());
        }
        if (!old) {
          storage.add(next, i * 20_000L, 1);
        }
      }
      String text = "{{schema:0 count:%d sum:4 buckets:[1 2]}}".formatted(s + 3);
      SeriesNotation series = SeriesNotation.parse("h{x=\"%d\"} %sx12".formatted(s, text));
      for (int i = 0; i < series.values().size(); i++) {
        storage.add(series.labels(), i * 20_000L, series.values().get(i), 0);
      }
    }
    return storage;
  }

  private static String one(RandomGenerator random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String by(RandomGenerator random) {
    return one(random, "", " by (x)", " by (z)", " by (x, z)", " without (y)", " by (__name__, x)");
  }

  private static String join(RandomGenerator random, int depth) {
    String op = one(random, "*", "-", "+", ">", "> bool", "==", "<=");
    String on = one(random, " on (x) ", " on (x, y) ", " ignoring (y) ", " ignoring (z) ", " ");
    String more = on.contains("on (x, y)") ? "(z)" : "(z, y)";
    String include = one(random, "()", "(z)", "(z)", more);
    String side = on.isBlank() ? "" : one(random, "", "group_left ", "group_right ");
    String group = side.isEmpty() ? "" : side.strip() + include + " ";
    if (group.startsWith("group_left") || random.nextInt(3) > 0) {
      return vector(random, depth) + " " + op + on + group + other(random);
    }
    return other(random) + " " + op + on + group + vector(random, depth);
  }

  private static String other(RandomGenerator random) {
    return one(random, "info", "info", "b", "sum by (x) (b)", "h", "info{z=\"new\"}", "missing");
  }

  private static String vector(RandomGenerator random, int depth) {
    return switch (random.nextInt(9)) {
      case 0 -> "a";
      case 1 -> "{__name__=~\"a|b\"}";
      case 2 -> "-a";
      case 3 -> "(a * 2)";
      case 4 -> "last_over_time(a[1m])";
      case 5 -> "sum_over_time(a[1m])";
      case 6 -> "abs(a > 2)";
      case 7 -> "h";
      default -> depth == 0 ? "a" : "(" + join(random, depth - 1) + ")";
    };
  }
}
