package io.trivigil.rules.query;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A view of the samples together with what earlier rules of the same run have produced but nobody
/// has committed yet.
///
/// Each series has at most one sample on top, which replaces one of the same time. Filled and read
/// by the thread of the run; the queries of one rule see what was there when the rule began.
public final class OverlayQuerier extends PassingQuerier {
  private record Sample(long timestampMs, double value, Optional<NativeHistogram> histogram) {
    void addTo(SampleBuffer out) {
      if (histogram.isPresent()) {
        out.add(timestampMs, histogram.get());
      } else {
        out.add(timestampMs, value);
      }
    }
  }

  private final Map<Labels, Sample> over = new LinkedHashMap<>();

  public OverlayQuerier(Querier base) {
    super(base);
  }

  /// Puts a sample on top. Stale markers are welcome.
  public void add(Labels series, long timestampMs, double value) {
    over.put(series, new Sample(timestampMs, value, Optional.empty()));
  }

  /// The same with a histogram.
  public void add(Labels series, long timestampMs, NativeHistogram histogram) {
    over.put(series, new Sample(timestampMs, 0, Optional.of(histogram)));
  }

  @Override
  public List<Series> select(Hints hints, List<Matcher> matchers) {
    List<Series> stored = below.select(hints, matchers);
    Map<Labels, Sample> rest = new LinkedHashMap<>();
    over.forEach(
        (labels, sample) -> {
          if (matchers.stream().allMatch(matcher -> matcher.test(labels))) {
            rest.put(labels, sample);
          }
        });
    if (rest.isEmpty()) {
      return stored;
    }
    List<Series> all = new ArrayList<>(stored.size() + rest.size());
    for (Series series : stored) {
      Sample sample = rest.remove(series.labels());
      all.add(sample == null ? series : new Covered(series, sample));
    }
    rest.forEach((labels, sample) -> all.add(new Covered(new Empty(labels), sample)));
    return all;
  }

  private record Empty(Labels labels) implements Series {
    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      // Nothing below.
    }
  }

  private record Covered(Series below, Sample sample) implements Series {
    @Override
    public Labels labels() {
      return below.labels();
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      long at = sample.timestampMs();
      if (at < fromMs || at > toMs) {
        below.read(fromMs, toMs, out);
        return;
      }
      if (at > fromMs) {
        below.read(fromMs, at - 1, out);
      }
      sample.addTo(out);
      if (at < toMs) {
        below.read(at + 1, toMs, out);
      }
    }
  }
}
