package io.trivigil.promql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.promql.Features;
import io.trivigil.promql.Numbered;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.eval.RandomQueries;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store knows as numbers says what its texts say.
class NumberedLabelsTest {
  private static final int QUERIES = 3_000;

  private enum Those {
    ALL,
    SOME
  }

  @ParameterizedTest
  @EnumSource(Those.class)
  void answersAreTheSame(Those those) {
    Engine engine = new Engine(EngineOptions.defaults().withFeatures(Features.standard()));
    for (int seed = 1; seed <= QUERIES; seed++) {
      Random random = new Random(seed);
      MemoryStorage storage = RewritesTest.storage(random);
      String text =
          seed % 3 == 0
              ? new RandomQueries(random).vector(4)
              : new RewritesTest.Joins(random).vector(3);
      Query query =
          random.nextBoolean()
              ? engine.instant(Parser.parse(text, Features.all()), text, 200_000)
              : engine.range(Parser.parse(text, Features.all()), text, 0, 360_000, 45_000);
      String expected = RewritesTest.run(query, storage);
      Numbered numbers = new Numbered();
      String found =
          RewritesTest.run(
              query,
              () ->
                  numbers.of(
                      storage.open(), labels -> those == Those.ALL || labels.hashCode() % 3 != 0));
      assertThat(found).as("seed %d: %s", seed, text).isEqualTo(expected);
    }
  }

  /// However many series are counted, and whatever they are called.
  @Test
  void labelsAreMadeForTheResultOnly() {
    MemoryStorage storage = new MemoryStorage();
    for (int s = 0; s < 500; s++) {
      for (String name : new String[] {"a_total", "b_total"}) {
        Labels labels = Labels.of("__name__", name, "instance", "i" + s, "job", "j" + s % 5);
        for (int i = 0; i < 10; i++) {
          storage.add(labels, i * 10_000L, i * s);
        }
      }
    }
    Engine engine = new Engine(EngineOptions.defaults());
    for (String text :
        new String[] {
          "count by (job) ({__name__=~'.+'})",
          "sum by (job) (rate(a_total[1m]))",
          "sum by (job) (a_total * 2)",
          "topk(3, rate(a_total[1m]))",
          "sort(a_total > 2900)",
          "sum by (job) (a_total / b_total)",
          "sum by (job) (a_total * ignoring (x) group_left b_total)",
          "predict_linear(a_total[1m], 60) < 0"
        }) {
      Numbered numbers = new Numbered();
      try (Querier view = numbers.of(storage.open(), labels -> true)) {
        engine.instant(text, 60_000).run(view, QueryContext.unlimited());
      }
      assertThat(numbers.made).as(text).isLessThan(60);
    }
  }
}
