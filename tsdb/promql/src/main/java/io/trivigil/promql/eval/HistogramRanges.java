package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Hint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Range functions over native histograms.
final class HistogramRanges {
  private HistogramRanges() {}

  static double sum(Window w) {
    return total(w, false);
  }

  static double average(Window w) {
    return total(w, true);
  }

  private static double total(Window w, boolean average) {
    HistogramSum sum = new HistogramSum();
    for (int i = 0; i < w.histograms(); i++) {
      sum.add(w.histogram(i));
    }
    FloatHistogram result = sum.result(average, w.notes, w.pos, w.metricName());
    return result == null ? Cell.ABSENT : w.answer(result);
  }

  static boolean isReset(FloatHistogram before, FloatHistogram after) {
    return HistogramOps.isReset(before, after);
  }

  static double extrapolated(Window w, boolean counter, boolean perSecond) {
    int n = w.histograms();
    StartTimes starts = StartTimes.ofHistograms(w, counter);
    boolean zeroAtStart = starts.zeroAtStart();
    if (n < 2 && !zeroAtStart) {
      return Cell.ABSENT;
    }
    FloatHistogram difference = difference(w, counter, starts, zeroAtStart);
    if (difference == null) {
      return Cell.ABSENT;
    }
    double first = w.histogram(0).count();
    double factor =
        Rates.factor(
            w,
            zeroAtStart ? starts.firstMs() : w.histogramTime(0),
            w.histogramTime(n - 1),
            n < 2 ? 0 : (w.histogramTime(n - 1) - w.histogramTime(0)) / 1000.0 / (n - 1),
            counter && !zeroAtStart && difference.count() > 0 && first >= 0
                ? first / difference.count()
                : -1,
            zeroAtStart,
            perSecond);
    return w.answer(HistogramOps.scaled(difference, factor));
  }

  private static @Nullable FloatHistogram difference(
      Window w, boolean counter, StartTimes starts, boolean zeroAtStart) {
    int n = w.histograms();
    FloatHistogram previous = w.histogram(0);
    FloatHistogram last = w.histogram(n - 1);
    noteKinds(w, counter);
    // With a reset behind it, the first one's layout does not matter.
    if (counter
        && n > 1
        && (HistogramOps.isReset(previous, w.histogram(1)) || starts.resetBefore(1))
        && !zeroAtStart) {
      previous = emptyLike(w.histogram(1));
    }
    if (zeroAtStart) {
      previous = emptyLike(w.histogram(0));
    }
    if (last.isCustom() != previous.isCustom()) {
      w.notes.mixedExponentialCustom(w.metricName(), w.pos);
      return null;
    }
    FloatHistogram result = combined(w, last, previous, -1);
    previous = zeroAtStart ? w.histogram(0) : previous;
    for (int i = 1; counter && result != null && i < n; i++) {
      FloatHistogram current = w.histogram(i);
      if (current.isCustom() != last.isCustom()) {
        w.notes.mixedExponentialCustom(w.metricName(), w.pos);
        return null;
      }
      boolean reset = HistogramOps.isReset(previous, current) || starts.resetBefore(i);
      if (reset) {
        result = combined(w, result, previous, 1);
      }
      previous = current;
    }
    return result == null ? null : result.withHint(Hint.GAUGE).compact();
  }

  private static void noteKinds(Window w, boolean counter) {
    int n = w.histograms();
    boolean anyGauge = false;
    for (int i = 0; i < n; i++) {
      anyGauge |= w.histogram(i).hint() == Hint.GAUGE;
    }
    if (counter && anyGauge) {
      w.notes.notCounter(w.metricName(), w.pos);
    }
    boolean gauges = w.histogram(0).hint() == Hint.GAUGE && w.histogram(n - 1).hint() == Hint.GAUGE;
    if (!counter && !gauges) {
      w.notes.notGauge(w.metricName(), w.pos);
    }
  }

  private static FloatHistogram emptyLike(FloatHistogram h) {
    return FloatHistogram.empty(h.schema(), h.hint(), 0, h.bounds());
  }

  private static @Nullable FloatHistogram combined(
      Window w, FloatHistogram a, FloatHistogram b, int sign) {
    Optional<HistogramOps.Combined> combined = HistogramOps.combine(a, b, sign);
    if (combined.isEmpty()) {
      w.notes.mixedExponentialCustom(w.metricName(), w.pos);
      return null;
    }
    if (combined.get().reconciled()) {
      w.notes.reconciledBuckets(sign < 0 ? "subtraction" : "addition", w.pos);
    }
    return combined.get().histogram();
  }

  static double instant(Window w, boolean rate) {
    int n = w.histograms();
    FloatHistogram before = w.histogram(n - 2);
    FloatHistogram last = w.histogram(n - 1);
    boolean gauge = before.hint() == Hint.GAUGE && last.hint() == Hint.GAUGE;
    boolean anyGauge = before.hint() == Hint.GAUGE || last.hint() == Hint.GAUGE;
    if (rate && anyGauge) {
      w.notes.notCounter(w.metricName(), w.pos);
    }
    if (!rate && !gauge) {
      w.notes.notGauge(w.metricName(), w.pos);
    }
    long distanceMs = w.histogramTime(n - 1) - w.histogramTime(n - 2);
    if (distanceMs == 0) {
      return Cell.ABSENT;
    }
    StartTimes starts = StartTimes.ofHistograms(w, rate);
    boolean reset = rate && (HistogramOps.isReset(before, last) || starts.resetBefore(n - 1));
    FloatHistogram result = reset ? last : combined(w, last, before, -1);
    if (result == null) {
      return Cell.ABSENT;
    }
    result = result.withHint(Hint.GAUGE).compact();
    return w.answer(rate ? HistogramOps.divided(result, distanceMs / 1000.0) : result);
  }
}
