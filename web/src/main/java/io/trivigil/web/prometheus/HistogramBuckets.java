package io.trivigil.web.prometheus;

import io.trivigil.model.FloatHistogram;
import java.util.ArrayList;
import java.util.List;

/// The buckets of a native histogram in rising order, as the API lists them.
final class HistogramBuckets {
  /// @param rule which ends belong to it: 0 `(l,u]`, 1 `[l,u)`, 3 `[l,u]`
  record Bucket(int rule, double lower, double upper, double count) {}

  private HistogramBuckets() {}

  /// All buckets that count something: the negative ones from the outside in, zero, the positive
  /// ones.
  static List<Bucket> of(FloatHistogram histogram) {
    List<Bucket> buckets = new ArrayList<>();
    FloatHistogram.Buckets negative = histogram.negative();
    for (int i = negative.size() - 1; i >= 0; i--) {
      int index = negative.indexes()[i];
      add(
          buckets,
          1,
          -histogram.upperBound(index),
          -histogram.lowerBound(index),
          negative.counts()[i]);
    }
    add(buckets, 3, -histogram.zeroThreshold(), histogram.zeroThreshold(), histogram.zeroCount());
    FloatHistogram.Buckets positive = histogram.positive();
    for (int i = 0; i < positive.size(); i++) {
      int index = positive.indexes()[i];
      add(
          buckets,
          histogram.isCustom() && index == 0 ? 3 : 0, // there -Inf belongs to it
          histogram.lowerBound(index),
          histogram.upperBound(index),
          positive.counts()[i]);
    }
    return buckets;
  }

  private static void add(
      List<Bucket> buckets, int rule, double lower, double upper, double count) {
    if (count != 0) {
      buckets.add(new Bucket(rule, lower, upper, count));
    }
  }
}
