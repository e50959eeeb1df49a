package io.trivigil.promql.eval;

import java.util.Arrays;
import java.util.Comparator;

/// The cumulative buckets of a classic histogram at one step. Reused.
final class ClassicBuckets {
  private static final double TOLERANCE = 1e-12;

  private double[] bounds = new double[16];
  private double[] counts = new double[16];
  private int size;

  /// Whether the last answer had to mend counts that fall.
  boolean forcedMonotonic;

  void clear() {
    size = 0;
    forcedMonotonic = false;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(double bound, double count) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    bounds[size] = bound;
    counts[size++] = count;
  }

  /// Sorts, joins equal bounds; false if there is no bucket up to +Inf.
  private boolean prepare() {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> bounds[i]));
    double[] newBounds = new double[bounds.length];
    double[] newCounts = new double[bounds.length];
    int kept = 0;
    for (int i : order) {
      if (kept > 0 && newBounds[kept - 1] == bounds[i]) {
        newCounts[kept - 1] += counts[i];
      } else {
        newBounds[kept] = bounds[i];
        newCounts[kept++] = counts[i];
      }
    }
    bounds = newBounds;
    counts = newCounts;
    size = kept;
    return size > 0 && bounds[size - 1] == Double.POSITIVE_INFINITY;
  }

  private void mend() {
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double count = counts[i];
      if (count == previous) {
        continue;
      }
      if (almostEqual(previous, count)) {
        counts[i] = previous;
      } else if (count < previous) {
        counts[i] = previous;
        forcedMonotonic = true;
      } else {
        previous = count;
      }
    }
  }

  private static boolean almostEqual(double a, double b) {
    double size = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || size < Double.MIN_NORMAL) {
      return difference < TOLERANCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(size, Double.MAX_VALUE) < TOLERANCE;
  }

  double quantile(double q) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (!prepare()) {
      return Double.NaN;
    }
    mend();
    if (size < 2 || counts[size - 1] == 0) {
      return Double.NaN;
    }
    double rank = q * counts[size - 1];
    int b = 0;
    while (b < size - 1 && !(counts[b] >= rank)) {
      b++;
    }
    if (b == size - 1) {
      return bounds[size - 2];
    }
    if (b == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = 0;
    double count = counts[b];
    if (b > 0) {
      start = bounds[b - 1];
      count -= counts[b - 1];
      rank -= counts[b - 1];
    }
    return start + (bounds[b] - start) * (rank / count);
  }

  /// The share of observations between two values.
  double fraction(double lower, double upper) {
    if (!prepare()) {
      return Double.NaN;
    }
    mend();
    double total = counts[size - 1];
    if (total == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (rank(upper, total) - rank(lower, total)) / total;
  }

  private double rank(double value, double total) {
    double below = 0;
    for (int i = 0; i < size; i++) {
      double low = i > 0 ? bounds[i - 1] : Double.NEGATIVE_INFINITY;
      double high = bounds[i];
      if (low >= value) {
        return Math.min(below, total);
      }
      if (high > value) {
        double from = i == 0 && high > 0 ? 0 : low;
        double rank = below + (counts[i] - below) * (value - from) / (high - from);
        return Math.min(rank, total);
      }
      below = counts[i];
    }
    return total;
  }
}
