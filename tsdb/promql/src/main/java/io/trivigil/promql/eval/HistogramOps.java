package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;

/// Arithmetic on native histograms.
final class HistogramOps {
  private HistogramOps() {}

  static FloatHistogram scaled(FloatHistogram h, double factor) {
    return new FloatHistogram(
        h.schema(),
        factor < 0 ? FloatHistogram.Hint.GAUGE : h.hint(),
        h.count() * factor,
        h.sum() * factor,
        h.zeroCount() * factor,
        h.zeroThreshold(),
        scaled(h.positive(), factor),
        scaled(h.negative(), factor),
        h.bounds());
  }

  private static Buckets scaled(Buckets buckets, double factor) {
    double[] counts = buckets.counts().clone();
    for (int i = 0; i < counts.length; i++) {
      counts[i] *= factor;
    }
    return new Buckets(buckets.indexes(), counts);
  }
}
