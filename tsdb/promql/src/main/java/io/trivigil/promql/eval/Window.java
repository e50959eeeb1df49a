package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;
import org.jspecify.annotations.Nullable;

/// What a range function sees at one step: `(startMs, endMs]` of one series. It slides over the
/// samples, so that a whole range query passes over them once.
final class Window {
  final RangeSamples samples;
  final Notes notes;
  final PosRange pos;
  final Expr.Extension extension;
  final boolean useStarts;

  /// The floats of the window are `floatLow <= i < floatHigh`.
  int floatLow;

  int floatHigh;
  int histogramLow;
  int histogramHigh;
  long evalMs;
  long startMs;
  long endMs;

  /// The function's scalar arguments at this step.
  final double[] args = new double[2];

  private @Nullable FloatHistogram result;

  Window(
      RangeSamples samples,
      Notes notes,
      PosRange pos,
      Expr.Extension extension,
      boolean useStarts) {
    this.samples = samples;
    this.notes = notes;
    this.pos = pos;
    this.extension = extension;
    this.useStarts = useStarts;
  }

  /// Goes back to the first sample, for another series.
  void rewind() {
    floatLow = 0;
    floatHigh = 0;
    histogramLow = 0;
    histogramHigh = 0;
  }

  /// Moves to a later (or the same) range.
  void slide(long evalAtMs, long fromMs, long toMs) {
    evalMs = evalAtMs;
    startMs = fromMs;
    endMs = toMs;
    long[] times = samples.floatTimes;
    while (floatHigh < samples.floats && times[floatHigh] <= toMs) {
      floatHigh++;
    }
    while (floatLow < floatHigh && times[floatLow] <= fromMs) {
      floatLow++;
    }
    if (samples.histograms > 0) {
      long[] histogramTimes = samples.histogramTimes;
      while (histogramHigh < samples.histograms && histogramTimes[histogramHigh] <= toMs) {
        histogramHigh++;
      }
      while (histogramLow < histogramHigh && histogramTimes[histogramLow] <= fromMs) {
        histogramLow++;
      }
    }
  }

  int floats() {
    return floatHigh - floatLow;
  }

  int histograms() {
    return histogramHigh - histogramLow;
  }

  boolean isEmpty() {
    return floats() + histograms() == 0;
  }

  /// The value of the window's `i`-th float.
  double value(int i) {
    return samples.floatValues[floatLow + i];
  }

  long time(int i) {
    return samples.floatTimes[floatLow + i];
  }

  /// The start timestamp of the window's `i`-th float, 0 if unknown or not to be used.
  long start(int i) {
    return !useStarts || samples.floatStarts == null ? 0 : samples.floatStarts[floatLow + i];
  }

  FloatHistogram histogram(int i) {
    return samples.histogramValues[histogramLow + i];
  }

  long histogramTime(int i) {
    return samples.histogramTimes[histogramLow + i];
  }

  long histogramStart(int i) {
    return !useStarts || samples.histogramStarts == null
        ? 0
        : samples.histogramStarts[histogramLow + i];
  }

  String metricName() {
    return samples.labels().metricName();
  }

  /// Answers with a histogram.
  double answer(FloatHistogram histogram) {
    result = histogram;
    return Cell.HISTOGRAM;
  }

  /// The histogram that was answered.
  FloatHistogram result() {
    FloatHistogram answered = result;
    if (answered == null) {
      throw new IllegalStateException("no histogram was answered");
    }
    return answered;
  }

  /// Tells of histograms that a function for floats passes over.
  void noteIgnoredHistograms() {
    if (histograms() > 0) {
      notes.histogramIgnoredInMixedRange(metricName(), pos);
    }
  }
}
