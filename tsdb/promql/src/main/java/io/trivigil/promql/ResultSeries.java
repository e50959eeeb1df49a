package io.trivigil.promql;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One series of an answer: points as columns, oldest first. The arrays belong to it.
public final class ResultSeries {
  private final Labels labels;
  private final long[] timestampsMs;
  private final double[] values;
  private final @Nullable FloatHistogram @Nullable [] histograms;

  /// @param histograms where an entry is set, the point is that histogram and not the value
  public ResultSeries(
      Labels labels,
      long[] timestampsMs,
      double[] values,
      @Nullable FloatHistogram @Nullable [] histograms) {
    this.labels = labels;
    this.timestampsMs = timestampsMs;
    this.values = values;
    this.histograms = histograms;
  }

  public Labels labels() {
    return labels;
  }

  /// How many points there are.
  public int size() {
    return timestampsMs.length;
  }

  public long timestampMs(int i) {
    return timestampsMs[i];
  }

  /// The value of point `i`; meaningless where [#isHistogram].
  public double value(int i) {
    return values[i];
  }

  public boolean isHistogram(int i) {
    return histograms != null && histograms[i] != null;
  }

  /// The histogram of point `i`, if it is one.
  public Optional<FloatHistogram> histogram(int i) {
    return histograms == null ? Optional.empty() : Optional.ofNullable(histograms[i]);
  }
}
