package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.function.Supplier;

/// How many samples are looked at for each step, as Prometheus counts them: what a selector finds
/// at a step, and all that is in a range or subquery, though the steps before had most of it too. A
/// histogram counts as many as it takes room of. Counts nothing unless it was wanted. Owned by the
/// thread that runs the query.
final class SampleCounts {
  private static final long[] OFF = {};

  // What a histogram takes, in Go: the struct, eight bytes for a span, bucket or bound, and its
  // time.
  private static final int HISTOGRAM_BYTES = 168 + Long.BYTES;
  private static final int SAMPLE_BYTES = 16;

  /// Of the grid that is being evaluated.
  private long[] now;

  /// Of the values that may be used again elsewhere.
  private final IdentityHashMap<Object, long[]> known = new IdentityHashMap<>();

  /// @param steps of the query; 0 to count nothing
  SampleCounts(int steps) {
    now = new long[steps];
  }

  boolean isOn() {
    return now.length > 0;
  }

  /// Adds what was counted for each step, or for one step that is the same as all.
  void add(long[] counts) {
    for (int i = 0; i < now.length; i++) {
      now[i] += counts[counts.length == 1 ? 0 : i];
    }
  }

  /// Evaluates for one step what is the same at all of them.
  <T> T once(Supplier<T> evaluation) {
    return isOn() ? within(new long[1], evaluation) : evaluation.get();
  }

  /// Evaluates what may have been evaluated before, for the same steps.
  <T> T shared(Supplier<T> evaluation) {
    if (!isOn()) {
      return evaluation.get();
    }
    long[] outer = now;
    long[] own = new long[outer.length];
    now = own;
    T value = evaluation.get();
    now = outer;
    long[] before = known.putIfAbsent(value, own);
    add(before == null ? own : before);
    return value;
  }

  /// Evaluates what is counted by those who look at it: the inside of a subquery.
  <T> T uncounted(Supplier<T> evaluation) {
    long[] outer = now;
    now = OFF;
    T value = evaluation.get();
    now = outer;
    return value;
  }

  /// Evaluates for steps of its own what counts as looked at for the only step of the query: a
  /// subquery that is the answer.
  <T> T summed(int steps, Supplier<T> evaluation) {
    if (!isOn()) {
      return evaluation.get();
    }
    long[] outer = now;
    long[] own = new long[steps];
    now = own;
    T value = evaluation.get();
    now = outer;
    add(new long[] {Arrays.stream(own).sum()});
    return value;
  }

  private <T> T within(long[] own, Supplier<T> evaluation) {
    long[] outer = now;
    now = own;
    T value = evaluation.get();
    now = outer;
    add(own);
    return value;
  }

  /// What was counted, step by step; a copy.
  long[] steps() {
    return now.clone();
  }

  /// Adds the cells of a column that was read to the counts of its steps.
  static void addCells(Column column, long[] counts) {
    for (int i = 0; i < column.cells.length; i++) {
      double cell = column.cells[i];
      if (Cell.isHistogram(cell)) {
        counts[i] += size(column.histogram(i));
      } else if (Cell.isPresent(cell)) {
        counts[i]++;
      }
    }
  }

  /// Adds what is in the range of each step to its count.
  static void addWindows(RangeSamples samples, Ranges ranges, long[] counts) {
    int low = 0;
    int high = 0;
    int firstHistogram = 0;
    int nextHistogram = 0;
    long histogramSizes = 0;
    for (int i = 0; i < counts.length; i++) {
      long start = ranges.startMs(i);
      long end = ranges.endMs(i);
      while (high < samples.floats && samples.floatTimes[high] <= end) {
        high++;
      }
      while (low < high && samples.floatTimes[low] <= start) {
        low++;
      }
      while (nextHistogram < samples.histograms && samples.histogramTimes[nextHistogram] <= end) {
        histogramSizes += size(samples.histogramValues[nextHistogram++]);
      }
      while (firstHistogram < nextHistogram && samples.histogramTimes[firstHistogram] <= start) {
        histogramSizes -= size(samples.histogramValues[firstHistogram++]);
      }
      counts[i] += high - low + histogramSizes;
    }
  }

  private static long size(FloatHistogram histogram) {
    int numbers =
        numbers(histogram.positive()) + numbers(histogram.negative()) + histogram.bounds().length;
    return (HISTOGRAM_BYTES + (long) Double.BYTES * numbers) / SAMPLE_BYTES;
  }

  /// Buckets, and the spans of them that stand beside each other.
  private static int numbers(FloatHistogram.Buckets buckets) {
    int numbers = buckets.size();
    for (int i = 0; i < buckets.size(); i++) {
      numbers += i == 0 || buckets.indexes()[i] != buckets.indexes()[i - 1] + 1 ? 1 : 0;
    }
    return numbers;
  }
}
