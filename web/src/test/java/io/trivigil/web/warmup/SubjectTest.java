package io.trivigil.web.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubjectTest {
  private static final long NOW_MS = 1_000_000_000_000L;
  private static final int SERIES = 30;

  /// A store that knows metrics by the day, whatever hour is asked for; each series of `load` has
  /// one sample.
  private record Days(long sampleMs, int hosts) implements Querier {
    Days(long sampleMs) {
      this(sampleMs, SERIES);
    }

    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      return IntStream.range(0, SERIES)
          .mapToObj(this::series)
          .filter(series -> matchers.stream().allMatch(m -> m.test(series.labels())))
          .toList();
    }

    private Series series(int number) {
      String metric = "load" + (number < hosts ? "" : number);
      Labels labels = Labels.of("__name__", metric, "host", "h-" + number % hosts, "job", "x");
      return new Series() {
        @Override
        public Labels labels() {
          return labels;
        }

        @Override
        public void read(long fromMs, long toMs, SampleBuffer out) {
          if (sampleMs >= fromMs && sampleMs <= toMs) {
            out.add(sampleMs, number);
          }
        }
      };
    }

    @Override
    public List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers) {
      return List.of("__name__", "host", "job");
    }

    @Override
    public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
      return List.of("load");
    }

    @Override
    public long appliedIndex() {
      return 1;
    }

    @Override
    public void close() {}
  }

  @Test
  void theEndIsWhereTheNewestSamplesAre() {
    for (Duration back : List.of(Duration.ofMinutes(2), Duration.ofHours(5), Duration.ofDays(9))) {
      long sampleMs = NOW_MS - back.toMillis();

      assertThat(Subject.find(new Days(sampleMs), NOW_MS))
          .as("samples of %s ago", back)
          .contains(new Subject("load", sampleMs, "host", "h-22", "job", SERIES, 1));
    }
  }

  @Test
  void theSeriesOfOneValueAreCountedWhereThereAreManyValues() {
    assertThat(Subject.find(new Days(NOW_MS, 10), NOW_MS))
        .contains(new Subject("load", NOW_MS, "host", "h-5", "job", 10, 3));
    assertThat(Subject.find(new Days(NOW_MS, 9), NOW_MS))
        .contains(new Subject("load", NOW_MS, "host", "h-4", "job", 9, Subject.UNKNOWN));
  }

  @Test
  void aStoreWithoutSamplesHasNone() {
    assertThat(Subject.find(new Days(NOW_MS - Duration.ofDays(30).toMillis()), NOW_MS)).isEmpty();
  }
}
