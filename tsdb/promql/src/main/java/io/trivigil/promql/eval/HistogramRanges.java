package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;

/// Range functions over native histograms.
final class HistogramRanges {
  private HistogramRanges() {}

  static double sum(Window w) {
    return Cell.ABSENT;
  }

  static double average(Window w) {
    return Cell.ABSENT;
  }

  static double extrapolated(Window w, boolean counter, boolean perSecond) {
    return Cell.ABSENT;
  }

  static double instant(Window w, boolean rate) {
    return Cell.ABSENT;
  }

  static boolean isReset(FloatHistogram before, FloatHistogram after) {
    return after.count() < before.count();
  }
}
