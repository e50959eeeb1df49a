package io.trivigil.rules.query;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QuerySource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// All samples in memory, for tests. A later sample of the same time replaces the earlier.
public final class MemorySamples implements QuerySource {
  private final TreeMap<Labels, NavigableMap<Long, Double>> series = new TreeMap<>();

  public void add(Labels labels, long timestampMs, double value) {
    series.computeIfAbsent(labels, _ -> new TreeMap<>()).put(timestampMs, value);
  }

  public void add(SampleBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      add(batch.labels(i), batch.timestampMs(i), batch.value(i));
    }
  }

  /// Everything of one series, oldest first.
  public NavigableMap<Long, Double> of(Labels labels) {
    return series.getOrDefault(labels, new TreeMap<>());
  }

  @Override
  public Querier open() {
    return new Querier() {
      @Override
      public List<Series> select(Hints hints, List<Matcher> matchers) {
        List<Series> found = new ArrayList<>();
        series.forEach(
            (labels, samples) -> {
              if (matchers.stream().allMatch(matcher -> matcher.test(labels))) {
                found.add(new Stored(labels, samples));
              }
            });
        return found;
      }

      @Override
      public List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers) {
        return List.of();
      }

      @Override
      public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
        return List.of();
      }

      @Override
      public long appliedIndex() {
        return -1;
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  private record Stored(Labels labels, NavigableMap<Long, Double> samples)
      implements Querier.Series {
    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      samples.subMap(fromMs, true, toMs, true).forEach(out::add);
    }
  }
}
