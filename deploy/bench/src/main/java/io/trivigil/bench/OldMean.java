package io.trivigil.bench;

import io.trivigil.promql.ResultSeries;

/// The mean over a range as 2.42 has it: mended with each sample, with Neumaier's compensation.
final class OldMean {
  private OldMean() {}

  /// Over at least one sample.
  static double of(ResultSeries samples) {
    double mean = 0;
    double compensation = 0;
    for (int i = 0; i < samples.size(); i++) {
      double value = samples.value(i);
      int count = i + 1;
      // An infinite mean stays what it is, unless a NaN or the other infinity makes it NaN.
      if (Double.isInfinite(mean)
          && (Double.isInfinite(value) ? mean == value : !Double.isNaN(value))) {
        continue;
      }
      double more = value / count - mean / count;
      double sum = mean + more;
      compensation += Math.abs(mean) >= Math.abs(more) ? (mean - sum) + more : (more - sum) + mean;
      mean = sum;
    }
    return Double.isInfinite(mean) ? mean : mean + compensation;
  }
}
