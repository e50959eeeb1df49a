package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;

/// How fast a window's samples change: `rate`, `increase`, `delta`, `irate`, `idelta`, and the
/// counts of changes and resets.
final class Rates {
  private Rates() {}

  /// `rate`, `increase` and `delta`: the difference over the window, extrapolated to its borders.
  static double extrapolated(Window w, boolean counter, boolean perSecond) {
    if (w.floats() > 0 && w.histograms() > 0) {
      w.notes.mixedFloatsHistograms(w.metricName(), w.pos);
      return Cell.ABSENT;
    }
    if (w.histograms() > 0) {
      return HistogramRanges.extrapolated(w, counter, perSecond);
    }
    int n = w.floats();
    if (n == 0) {
      return Cell.ABSENT;
    }
    StartTimes starts = StartTimes.ofFloats(w, counter);
    if (n < 2 && !starts.zeroAtStart()) {
      return Cell.ABSENT;
    }
    double first = w.value(0);
    double result = starts.zeroAtStart() ? w.value(n - 1) : w.value(n - 1) - first;
    if (counter) {
      double previous = first;
      for (int i = 1; i < n; i++) {
        double value = w.value(i);
        if (value < previous || starts.resetBefore(i)) {
          result += previous;
        }
        previous = value;
      }
    }
    double factor =
        factor(
            w,
            starts.zeroAtStart() ? starts.firstMs() : w.time(0),
            w.time(n - 1),
            n < 2 ? 0 : (w.time(n - 1) - w.time(0)) / 1000.0 / (n - 1),
            counter && !starts.zeroAtStart() && result > 0 && first >= 0 ? first / result : -1,
            starts.zeroAtStart(),
            perSecond);
    return result * factor;
  }

  /// What to multiply a difference with.
  ///
  /// @param average the mean distance of the samples in seconds, 0 for one sample
  /// @param toZero the share of the sampled interval after which, going back, a counter was zero;
  ///   negative if that does not bound the extrapolation
  /// @param exactStart whether the counter is known to begin at `firstMs`
  static double factor(
      Window w,
      long firstMs,
      long lastMs,
      double average,
      double toZero,
      boolean exactStart,
      boolean perSecond) {
    double toStart = (firstMs - w.startMs) / 1000.0;
    double toEnd = (w.endMs - lastMs) / 1000.0;
    double sampled = (lastMs - firstMs) / 1000.0;
    double threshold = average * 1.1;
    if (toStart >= threshold) {
      toStart = average / 2;
    }
    if (exactStart) {
      toStart = 0;
    } else if (toZero >= 0) {
      toStart = Math.min(toStart, sampled * toZero);
    }
    if (toEnd >= threshold) {
      toEnd = average / 2;
    }
    double factor = (sampled + toStart + toEnd) / sampled;
    return perSecond ? factor / ((w.endMs - w.startMs) / 1000.0) : factor;
  }

  /// `irate` and `idelta`: the last two samples.
  static double instant(Window w, boolean rate) {
    int f = w.floats();
    int h = w.histograms();
    if (f + h < 2) {
      return Cell.ABSENT;
    }
    // The two newest of both kinds together.
    boolean lastIsFloat = h == 0 || (f > 0 && w.time(f - 1) > w.histogramTime(h - 1));
    int floatsLeft = lastIsFloat ? f - 1 : f;
    int histogramsLeft = lastIsFloat ? h : h - 1;
    boolean beforeIsFloat =
        histogramsLeft == 0
            || (floatsLeft > 0 && w.time(floatsLeft - 1) > w.histogramTime(histogramsLeft - 1));
    if (lastIsFloat != beforeIsFloat) {
      w.notes.mixedFloatsHistograms(w.metricName(), w.pos);
      return Cell.ABSENT;
    }
    if (!lastIsFloat) {
      return HistogramRanges.instant(w, rate);
    }
    double last = w.value(f - 1);
    double before = w.value(f - 2);
    long distanceMs = w.time(f - 1) - w.time(f - 2);
    if (distanceMs == 0) {
      return Cell.ABSENT;
    }
    if (!rate) {
      return last - before;
    }
    StartTimes starts = StartTimes.ofFloats(w, true);
    double result = last < before || starts.resetBefore(f - 1) ? last : last - before;
    return result / (distanceMs / 1000.0);
  }

  static double changes(Window w) {
    return count(
        w,
        (before, after) -> before != after && !(Double.isNaN(before) && Double.isNaN(after)),
        (before, after) -> !before.equals(after),
        false);
  }

  static double resets(Window w) {
    return count(w, (before, after) -> after < before, HistogramRanges::isReset, true);
  }

  private interface FloatTest {
    boolean test(double before, double after);
  }

  private interface HistogramTest {
    boolean test(FloatHistogram before, FloatHistogram after);
  }

  private static double count(
      Window w, FloatTest floats, HistogramTest histograms, boolean useStarts) {
    if (w.isEmpty()) {
      return Cell.ABSENT;
    }
    StartTimes floatStarts = StartTimes.ofFloats(w, useStarts);
    StartTimes histogramStarts = StartTimes.ofHistograms(w, useStarts);
    int f = 0;
    int h = 0;
    int counted = 0;
    boolean wasFloat = false;
    while (f < w.floats() || h < w.histograms()) {
      boolean isFloat = h == w.histograms() || (f < w.floats() && w.time(f) < w.histogramTime(h));
      if (f + h > 0) {
        if (isFloat != wasFloat) {
          counted++;
        } else if (isFloat) {
          counted += floats.test(w.value(f - 1), w.value(f)) || floatStarts.resetBefore(f) ? 1 : 0;
        } else {
          counted +=
              histograms.test(w.histogram(h - 1), w.histogram(h)) || histogramStarts.resetBefore(h)
                  ? 1
                  : 0;
        }
      }
      wasFloat = isFloat;
      if (isFloat) {
        f++;
      } else {
        h++;
      }
    }
    return counted;
  }
}
