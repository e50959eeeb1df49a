package io.trivigil.promql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Features;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A store that leaves out how counters rise gives the same answers.
class EndsTest {
  private static final int QUERIES = 2_000;
  private static final String[] TEMPLATES = {
    "increase(%s)",
    "rate(%s)",
    "topk(2, increase(%s))",
    "sum by (x) (rate(%s))",
    "delta(%s)",
    "resets(%1$s) + increase(%1$s)",
    "max_over_time(%1$s) - rate(%1$s)",
    "increase(%s offset 20s)",
    "max_over_time(increase(%s)[1m:20s])",
    "sum_over_time(rate(%s)[20s:20s])"
  };

  private long omitted;

  /// Leaves out of what rises or stays all but the ends, as far as chance wants it.
  private final class Sparing implements Querier.Series {
    private final Querier.Series below;
    private final Random random;

    Sparing(Querier.Series below, Random random) {
      this.below = below;
      this.random = random;
    }

    @Override
    public Labels labels() {
      return below.labels();
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      below.read(fromMs, toMs, out);
    }

    @Override
    public void readEnds(long fromMs, long toMs, SampleBuffer out) {
      SampleBuffer all = new SampleBuffer();
      below.read(fromMs, toMs, all);
      for (int i = 0; i < all.size(); i++) {
        boolean inside =
            i > 0
                && i < all.size() - 1
                && all.histogram(i - 1) == null
                && all.histogram(i) == null
                && all.histogram(i + 1) == null
                && all.value(i) >= all.value(i - 1)
                && all.value(i + 1) >= all.value(i);
        if (inside && random.nextInt(4) > 0) {
          out.omit(1);
          omitted++;
        } else {
          out.addFrom(all, i);
        }
      }
    }
  }

  private Querier sparing(Querier view, Random random) {
    return new PassingQuerier(view) {
      @Override
      public List<Series> select(Hints hints, List<Matcher> matchers) {
        return view.select(hints, matchers).stream()
            .<Series>map(series -> new Sparing(series, random))
            .toList();
      }
    };
  }

  private static MemoryStorage storage(Random random) {
    MemoryStorage storage = new MemoryStorage();
    for (int s = 0; s < 6; s++) {
      Labels labels = Labels.of(Labels.NAME, "a_total", "x", "" + s % 2, "y", "" + s);
      double value = random.nextInt(3);
      for (int i = 0; i < 20; i++) {
        value = random.nextInt(12) == 0 ? random.nextInt(2) : value + random.nextInt(5) / 4.0;
        double sample = random.nextInt(15) == 0 ? Staleness.marker() : value;
        storage.add(labels, i * 20_000L, random.nextInt(40) == 0 ? Double.NaN : sample);
      }
    }
    return storage;
  }

  @Test
  void answersAreTheSame() {
    Engine engine = new Engine(EngineOptions.defaults().withFeatures(Features.standard()));
    for (int seed = 1; seed <= QUERIES; seed++) {
      Random random = new Random(seed);
      MemoryStorage storage = storage(random);
      String range = "a_total[%ds]".formatted(20 + random.nextInt(300));
      String text = TEMPLATES[seed % TEMPLATES.length].formatted(range);
      Query query =
          random.nextInt(4) > 0
              ? engine.instant(Parser.parse(text, Features.all()), text, 390_000)
              : engine.range(Parser.parse(text, Features.all()), text, 0, 360_000, 45_000);
      QuerySource spare = () -> sparing(storage.open(), random);

      assertThat(RewritesTest.run(query, spare))
          .as("seed %d: %s", seed, text)
          .isEqualTo(RewritesTest.run(query, storage));
    }
    assertThat(omitted).isGreaterThan(QUERIES);
  }

  /// The samples that were left out count towards what a query may look at.
  @Test
  void whatIsLeftOutCounts() {
    MemoryStorage storage = new MemoryStorage();
    for (int i = 0; i < 100; i++) {
      storage.add(Labels.of(Labels.NAME, "a_total"), i * 1000L, i);
    }
    Query query = new Engine(EngineOptions.defaults()).instant("increase(a_total[2m])", 100_000);
    try (Querier view = sparing(storage.open(), new Random(1))) {
      assertThat(query.run(view, QueryContext.unlimited()).stats().samplesRead()).isEqualTo(100);
    }
    assertThat(omitted).isPositive();
  }
}
