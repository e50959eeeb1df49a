package io.trivigil.bench;

import io.trivigil.promql.ResultSeries;

/// The difference over a range, extrapolated to its borders: `rate`, `increase` and `delta`,
/// written down a second time and for both versions. Times are milliseconds.
///
/// @param counter whether resets are made up for and zero bounds the extrapolation
/// @param perSecond whether the difference is divided by the range
/// @param old as 2.42 has it, else as 3.x
record Slope(boolean counter, boolean perSecond, boolean old) {

  static Slope of(String function, boolean old) {
    return new Slope(!function.equals("delta"), function.equals("rate"), old);
  }

  /// Over at least two samples within `startMs` and `endMs`.
  double over(ResultSeries samples, long startMs, long endMs) {
    int last = samples.size() - 1;
    double first = samples.value(0);
    double result = samples.value(last) - first;
    for (int i = 1; counter && i <= last; i++) {
      if (samples.value(i) < samples.value(i - 1)) {
        result += samples.value(i - 1);
      }
    }
    double sampled = (samples.timestampMs(last) - samples.timestampMs(0)) / 1_000.0;
    double average = sampled / last;
    double threshold = average * 1.1;
    double toStart = (samples.timestampMs(0) - startMs) / 1_000.0;
    double toEnd = (endMs - samples.timestampMs(last)) / 1_000.0;
    if (!old && toStart >= threshold) {
      toStart = average / 2;
    }
    if (counter && result > 0 && first >= 0) {
      toStart = Math.min(toStart, sampled * (first / result));
    }
    if (old && toStart >= threshold) {
      toStart = average / 2;
    }
    double extended = sampled + toStart + (toEnd < threshold ? toEnd : average / 2);
    double slope = result * (extended / sampled);
    return perSecond ? slope / ((endMs - startMs) / 1_000.0) : slope;
  }
}
