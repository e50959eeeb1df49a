package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;

/// Figures read off one native histogram.
final class NativeFigures {
  private NativeFigures() {}

  /// Takes notes on a histogram with NaN observations.
  interface Notice {
    void note(String text);
  }

  static double figure(String function, FloatHistogram h) {
    return switch (function) {
      case "histogram_count" -> h.count();
      case "histogram_sum" -> h.sum();
      case "histogram_avg" -> h.sum() / h.count();
      default -> Double.NaN;
    };
  }

  static double quantile(double q, FloatHistogram h, Notice notice) {
    return Double.NaN;
  }

  static double fraction(double lower, double upper, FloatHistogram h, Notice notice) {
    return Double.NaN;
  }
}
