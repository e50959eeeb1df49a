package io.trivigil.promql.script;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Utf8Order;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.eval.HistogramOps;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Series in memory, for scripts and unit tests. Not thread-safe while samples are added.
public final class MemoryStorage implements QuerySource {
  private final TreeMap<Labels, SampleBuffer> series = new TreeMap<>();

  /// The samples of a series, to add to.
  SampleBuffer samples(Labels labels) {
    return series.computeIfAbsent(labels, key -> new SampleBuffer(16));
  }

  /// Adds a float behind what the series has; one with the newest time replaces nothing and fails.
  ///
  /// @throws IllegalArgumentException if it is not newer
  public void add(Labels labels, long timestampMs, double value) {
    inOrder(labels, timestampMs).add(timestampMs, value);
  }

  /// The same with a histogram.
  public void add(Labels labels, long timestampMs, FloatHistogram histogram) {
    SampleBuffer samples = inOrder(labels, timestampMs);
    samples.add(timestampMs, hinted(samples, histogram));
  }

  /// Adds whatever an item of the notation is.
  ///
  /// @param startMs the start timestamp, 0 if unknown
  public void add(Labels labels, long timestampMs, SeriesNotation.Item item, long startMs) {
    if (item.omitted()) {
      return;
    }
    SampleBuffer samples = inOrder(labels, timestampMs);
    item.histogram()
        .ifPresentOrElse(
            histogram -> samples.add(timestampMs, hinted(samples, histogram)),
            () -> samples.add(timestampMs, item.value()));
    if (startMs != 0) {
      samples.start(startMs);
    }
  }

  /// What a store knows of resets: nothing of the first of a run, and that the others are none.
  private static FloatHistogram hinted(SampleBuffer samples, FloatHistogram histogram) {
    if (histogram.hint() == Hint.GAUGE) {
      return histogram;
    }
    FloatHistogram before = samples.isEmpty() ? null : samples.histogram(samples.size() - 1);
    boolean goesOn =
        before != null
            && before.hint() != Hint.GAUGE
            && histogram.hint() != Hint.RESET
            && HistogramOps.continues(before, histogram);
    return histogram.withHint(goesOn ? Hint.NOT_RESET : Hint.UNKNOWN);
  }

  /// All is in memory.
  @Override
  public Querier openAtHand() {
    return open();
  }

  private SampleBuffer inOrder(Labels labels, long timestampMs) {
    SampleBuffer samples = samples(labels);
    if (!samples.isEmpty() && samples.timestampMs(samples.size() - 1) >= timestampMs) {
      throw new IllegalArgumentException(
          "out of order sample: series=%s time_ms=%d".formatted(labels, timestampMs));
    }
    return samples;
  }

  public void clear() {
    series.clear();
  }

  @Override
  public Querier open() {
    return new View();
  }

  private record Stored(Labels labels, SampleBuffer samples) implements Querier.Series {
    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      for (int i = 0; i < samples.size(); i++) {
        long time = samples.timestampMs(i);
        if (time >= fromMs && time <= toMs) {
          out.addFrom(samples, i);
        }
      }
    }

    @Override
    public void readLast(long fromMs, long toMs, SampleBuffer out) {
      for (int i = samples.size() - 1; i >= 0; i--) {
        long time = samples.timestampMs(i);
        if (time <= toMs) {
          if (time >= fromMs) {
            out.addFrom(samples, i);
          }
          return;
        }
      }
    }
  }

  private final class View implements Querier {
    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      return matching(matchers);
    }

    private List<Series> matching(List<Matcher> matchers) {
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
      TreeSet<String> names = new TreeSet<>(Utf8Order::compare);
      matching(matchers).forEach(found -> found.labels().forEach((name, _) -> names.add(name)));
      return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
      TreeSet<String> values = new TreeSet<>(Utf8Order::compare);
      matching(matchers).forEach(found -> values.add(found.labels().get(name)));
      values.remove("");
      return List.copyOf(values);
    }

    @Override
    public long appliedIndex() {
      return -1;
    }

    @Override
    public void close() {}
  }
}
