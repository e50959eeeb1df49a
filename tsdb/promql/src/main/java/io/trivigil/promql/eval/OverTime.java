package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;

/// The `…_over_time` functions.
final class OverTime {
  private OverTime() {}

  static double sum(Window w) {
    if (w.isEmpty() || mixed(w)) {
      return Cell.ABSENT;
    }
    if (w.histograms() > 0) {
      return HistogramRanges.sum(w);
    }
    Kahan kahan = new Kahan();
    for (int i = 0; i < w.floats(); i++) {
      kahan.add(w.value(i));
    }
    return kahan.result();
  }

  static double average(Window w) {
    if (w.isEmpty() || mixed(w)) {
      return Cell.ABSENT;
    }
    if (w.histograms() > 0) {
      return HistogramRanges.average(w);
    }
    Kahan.Mean mean = new Kahan.Mean();
    for (int i = 0; i < w.floats(); i++) {
      mean.add(w.value(i));
    }
    return mean.result();
  }

  private static boolean mixed(Window w) {
    if (w.floats() > 0 && w.histograms() > 0) {
      w.notes.mixedFloatsHistograms(w.metricName(), w.pos);
      return true;
    }
    return false;
  }

  static double count(Window w) {
    return w.isEmpty() ? Cell.ABSENT : w.floats() + w.histograms();
  }

  static double present(Window w) {
    return w.isEmpty() ? Cell.ABSENT : 1;
  }

  static double last(Window w) {
    int f = w.floats();
    int h = w.histograms();
    if (f == 0 && h == 0) {
      return Cell.ABSENT;
    }
    if (h == 0 || (f > 0 && w.time(f - 1) > w.histogramTime(h - 1))) {
      return w.value(f - 1);
    }
    return w.answer(w.histogram(h - 1));
  }

  static double first(Window w) {
    int f = w.floats();
    int h = w.histograms();
    if (f == 0 && h == 0) {
      return Cell.ABSENT;
    }
    if (h == 0 || (f > 0 && w.time(0) < w.histogramTime(0))) {
      return w.value(0);
    }
    FloatHistogram histogram = w.histogram(0);
    return w.answer(histogram);
  }

  static double timeOfFirst(Window w) {
    if (w.isEmpty()) {
      return Cell.ABSENT;
    }
    long f = w.floats() > 0 ? w.time(0) : Long.MAX_VALUE;
    long h = w.histograms() > 0 ? w.histogramTime(0) : Long.MAX_VALUE;
    return Math.min(f, h) / 1000.0;
  }

  static double timeOfLast(Window w) {
    if (w.isEmpty()) {
      return Cell.ABSENT;
    }
    long f = w.floats() > 0 ? w.time(w.floats() - 1) : Long.MIN_VALUE;
    long h = w.histograms() > 0 ? w.histogramTime(w.histograms() - 1) : Long.MIN_VALUE;
    return Math.max(f, h) / 1000.0;
  }

  /// The smallest or largest float, or when it was last seen; NaN only if there is nothing else.
  static double extreme(Window w, boolean max, boolean time) {
    if (w.floats() == 0) {
      return Cell.ABSENT;
    }
    w.noteIgnoredHistograms();
    double best = w.value(0);
    int at = 0;
    for (int i = 1; i < w.floats(); i++) {
      double value = w.value(i);
      boolean better = max ? value >= best : value <= best;
      if (better || Double.isNaN(best)) {
        best = value;
        at = i;
      }
    }
    return time ? w.time(at) / 1000.0 : best;
  }

  static double variance(Window w, boolean root) {
    if (w.floats() == 0) {
      return Cell.ABSENT;
    }
    w.noteIgnoredHistograms();
    Kahan mean = new Kahan();
    Kahan squares = new Kahan();
    for (int i = 0; i < w.floats(); i++) {
      double value = w.value(i);
      double delta = value - (mean.sum + mean.lost);
      mean.add(delta / (i + 1));
      squares.add(delta * (value - (mean.sum + mean.lost)));
    }
    double variance = (squares.sum + squares.lost) / w.floats();
    return root ? Math.sqrt(variance) : variance;
  }

  static double quantile(Window w) {
    if (w.floats() == 0) {
      return Cell.ABSENT;
    }
    w.noteIgnoredHistograms();
    return Quantiles.of(w.args[0], values(w), w.floats());
  }

  static double medianDeviation(Window w) {
    if (w.floats() == 0) {
      return Cell.ABSENT;
    }
    w.noteIgnoredHistograms();
    double[] values = values(w);
    for (double value : values) {
      if (Double.isNaN(value)) {
        return Double.NaN;
      }
    }
    double median = Quantiles.of(0.5, values, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    return Quantiles.of(0.5, values, values.length);
  }

  private static double[] values(Window w) {
    return java.util.Arrays.copyOfRange(w.samples.floatValues, w.floatLow, w.floatHigh);
  }
}
