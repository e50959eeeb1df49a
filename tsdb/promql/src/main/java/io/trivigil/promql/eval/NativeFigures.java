package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;

/// Figures read off one native histogram.
final class NativeFigures {
  private NativeFigures() {}

  /// Takes notes on a histogram with NaN observations.
  interface Notice {
    void note(String text);
  }

  /// All buckets from the lowest to the highest, as columns.
  private static final class Ladder {
    final double[] lower;
    final double[] upper;
    final double[] count;
    int size;

    Ladder(FloatHistogram h) {
      int capacity = h.negative().size() + h.positive().size() + 1;
      lower = new double[capacity];
      upper = new double[capacity];
      count = new double[capacity];
      Buckets negative = h.negative();
      for (int i = negative.size() - 1; i >= 0; i--) {
        int index = negative.indexes()[i];
        add(-h.upperBound(index), -h.lowerBound(index), negative.counts()[i]);
      }
      if (h.zeroCount() > 0) {
        add(-h.zeroThreshold(), h.zeroThreshold(), h.zeroCount());
      }
      Buckets positive = h.positive();
      for (int i = 0; i < positive.size(); i++) {
        int index = positive.indexes()[i];
        add(h.lowerBound(index), h.upperBound(index), positive.counts()[i]);
      }
    }

    private void add(double low, double high, double inside) {
      lower[size] = low;
      upper[size] = high;
      count[size++] = inside;
    }

    double total() {
      double total = 0;
      for (int i = 0; i < size; i++) {
        total += count[i];
      }
      return total;
    }
  }

  static double figure(String function, FloatHistogram h) {
    return switch (function) {
      case "histogram_count" -> h.count();
      case "histogram_sum" -> h.sum();
      case "histogram_avg" -> h.sum() / h.count();
      case "histogram_stddev" -> Math.sqrt(variance(h));
      default -> variance(h);
    };
  }

  private static double variance(FloatHistogram h) {
    double mean = h.sum() / h.count();
    Ladder ladder = new Ladder(h);
    Kahan sum = new Kahan();
    for (int i = 0; i < ladder.size; i++) {
      if (ladder.count[i] == 0) {
        continue;
      }
      double low = ladder.lower[i];
      double high = ladder.upper[i];
      double value;
      if (h.isCustom()) {
        value = (low + high) / 2;
      } else if (low <= 0 && high >= 0) {
        value = 0;
      } else {
        value = Math.copySign(Math.sqrt(low * high), high);
      }
      double delta = value - mean;
      sum.add(ladder.count[i] * delta * delta);
    }
    return (sum.sum + sum.lost) / h.count();
  }

  static double quantile(double q, FloatHistogram h, Notice notice) {
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (h.count() == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    Ladder ladder = new Ladder(h);
    boolean nan = Double.isNaN(h.sum());
    boolean upwards = nan || q < 0.5;
    double rank = upwards ? q * h.count() : (1 - q) * h.count();
    double count = 0;
    int found = -1;
    for (int k = 0; k < ladder.size; k++) {
      int i = upwards ? k : ladder.size - 1 - k;
      if (ladder.count[i] == 0) {
        continue;
      }
      found = i;
      count += ladder.count[i];
      if (count >= rank) {
        break;
      }
    }
    if (nan && ladder.total() < h.count()) {
      boolean missing = found < 0 || count < rank;
      notice.note(
          "input to histogram_quantile has NaN observations, result is "
              + (missing ? "NaN" : "skewed higher"));
    }
    if (found < 0) {
      return Double.NaN;
    }
    double low = ladder.lower[found];
    double high = ladder.upper[found];
    if (h.isCustom()) {
      if (low == Double.NEGATIVE_INFINITY) {
        if (high <= 0) {
          return high;
        }
        low = 0;
      } else if (high == Double.POSITIVE_INFINITY) {
        return low;
      }
    } else if (low < 0 && high > 0) {
      low = narrowedLow(h, low);
      high = narrowedHigh(h, high);
    }
    count = Math.min(count, h.count());
    if (count < rank) {
      return nan ? Double.NaN : high;
    }
    rank = upwards ? rank - (count - ladder.count[found]) : count - rank;
    return inside(h, low, high, rank / ladder.count[found]);
  }

  private static double narrowedLow(FloatHistogram h, double low) {
    return h.negative().size() == 0 && h.positive().size() > 0 ? 0 : low;
  }

  private static double narrowedHigh(FloatHistogram h, double high) {
    return h.positive().size() == 0 && h.negative().size() > 0 ? 0 : high;
  }

  private static double inside(FloatHistogram h, double low, double high, double fraction) {
    if (h.isCustom() || (low <= 0 && high >= 0)) {
      return low + (high - low) * fraction;
    }
    double logLow = Floats.log2(Math.abs(low));
    double logHigh = Floats.log2(Math.abs(high));
    return low > 0
        ? Math.pow(2, logLow + (logHigh - logLow) * fraction)
        : -Math.pow(2, logHigh + (logLow - logHigh) * (1 - fraction));
  }

  /// The share of observations between two values.
  static double fraction(double lower, double upper, FloatHistogram h, Notice notice) {
    if (h.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    Ladder ladder = new Ladder(h);
    double total = h.count();
    if (Double.isNaN(h.sum()) && ladder.total() < h.count()) {
      total = ladder.total();
      notice.note(
          "input to histogram_fraction has NaN observations, which are excluded from all"
              + " fractions");
    }
    return (rank(upper, h, ladder, total) - rank(lower, h, ladder, total)) / h.count();
  }

  private static double rank(double value, FloatHistogram h, Ladder ladder, double total) {
    double rank = 0;
    for (int i = 0; i < ladder.size; i++) {
      double low = ladder.lower[i];
      double high = ladder.upper[i];
      boolean linear = h.isCustom();
      if (h.isCustom()) {
        low = low == Double.NEGATIVE_INFINITY && high > 0 ? 0 : low;
        if (ladder.lower[i] == Double.NEGATIVE_INFINITY && value <= low) {
          return Math.min(rank, total);
        }
      } else if (low <= 0 && high >= 0) {
        linear = true;
        low = narrowedLow(h, low);
        high = narrowedHigh(h, high);
      }
      if (low >= value) {
        return Math.min(rank, total);
      }
      if (high > value) {
        double share = linear ? (value - low) / (high - low) : share(value, low, high);
        return Math.min(rank + ladder.count[i] * share, total);
      }
      rank += ladder.count[i];
    }
    return total;
  }

  private static double share(double value, double low, double high) {
    double logLow = Floats.log2(Math.abs(low));
    double logHigh = Floats.log2(Math.abs(high));
    double logValue = Floats.log2(Math.abs(value));
    return value > 0
        ? (logValue - logLow) / (logHigh - logLow)
        : 1 - (logValue - logHigh) / (logLow - logHigh);
  }
}
