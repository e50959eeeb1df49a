package io.trivigil.promql.eval;

import io.trivigil.promql.QueryException;
import java.util.Locale;

/// Linear regression and exponential smoothing over a window's floats.
final class Trends {
  private Trends() {}

  static double derivative(Window w) {
    if (tooFew(w)) {
      return Cell.ABSENT;
    }
    return regression(w, w.time(0))[0];
  }

  static double predict(Window w) {
    if (tooFew(w)) {
      return Cell.ABSENT;
    }
    double[] line = regression(w, w.evalMs);
    return line[0] * w.args[0] + line[1];
  }

  private static boolean tooFew(Window w) {
    if (w.floats() > 0) {
      w.noteIgnoredHistograms();
    }
    return w.floats() < 2;
  }

  /// Slope per second and value at `atMs` of the least-squares line.
  private static double[] regression(Window w, long atMs) {
    int n = w.floats();
    double first = w.value(0);
    boolean constant = true;
    Kahan x = new Kahan();
    Kahan y = new Kahan();
    Kahan xy = new Kahan();
    Kahan xx = new Kahan();
    for (int i = 0; i < n; i++) {
      double value = w.value(i);
      constant &= i == 0 || value == first;
      double seconds = (w.time(i) - atMs) / 1000.0;
      x.add(seconds);
      y.add(value);
      xy.add(seconds * value);
      xx.add(seconds * seconds);
    }
    if (constant) {
      return Double.isInfinite(first)
          ? new double[] {Double.NaN, Double.NaN}
          : new double[] {0, first};
    }
    double sumX = x.sum + x.lost;
    double sumY = y.sum + y.lost;
    double covariance = (xy.sum + xy.lost) - sumX * sumY / n;
    double variance = (xx.sum + xx.lost) - sumX * sumX / n;
    double slope = covariance / variance;
    return new double[] {slope, sumY / n - slope * sumX / n};
  }

  /// Holt's double exponential smoothing.
  static double smooth(Window w) {
    double smoothing = factor("smoothing", w.args[0]);
    double trendFactor = factor("trend", w.args[1]);
    if (w.floats() > 0) {
      w.noteIgnoredHistograms();
    }
    if (w.floats() < 2) {
      return Cell.ABSENT;
    }
    double before = 0;
    double smoothed = w.value(0);
    double trend = w.value(1) - w.value(0);
    for (int i = 1; i < w.floats(); i++) {
      double scaled = smoothing * w.value(i);
      if (i > 1) {
        trend = trendFactor * (smoothed - before) + (1 - trendFactor) * trend;
      }
      double next = scaled + (1 - smoothing) * (smoothed + trend);
      before = smoothed;
      smoothed = next;
    }
    return smoothed;
  }

  private static double factor(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw QueryException.execution(
          String.format(
              Locale.ROOT,
              "invalid %s factor. Expected: 0 < %s < 1, got: %f",
              name,
              name.equals("trend") ? "tf" : "sf",
              value));
    }
    return value;
  }
}
