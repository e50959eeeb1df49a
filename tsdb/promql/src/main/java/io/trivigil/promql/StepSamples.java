package io.trivigil.promql;

/// How many samples a query looked at for each of its steps, as Prometheus counts them: a sample
/// that is in the ranges of several steps counts for each. Immutable.
public final class StepSamples {
  private final long startMs;
  private final long stepMs;
  private final long[] counts;

  /// @param counts by step; is kept
  public StepSamples(long startMs, long stepMs, long[] counts) {
    this.startMs = startMs;
    this.stepMs = stepMs;
    this.counts = counts;
  }

  /// How many steps there are.
  public int size() {
    return counts.length;
  }

  public long timeMs(int step) {
    return startMs + step * stepMs;
  }

  public long count(int step) {
    return counts[step];
  }

  /// All steps together.
  public long total() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
