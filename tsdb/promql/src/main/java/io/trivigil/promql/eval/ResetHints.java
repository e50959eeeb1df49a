package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.SampleBuffer;

/// Finds counter resets between the histograms of a series as they are read.
final class ResetHints {
  private ResetHints() {}

  /// The same samples; where nothing was known of resets, it now is.
  static SampleBuffer found(SampleBuffer samples) {
    SampleBuffer out = new SampleBuffer(samples.size());
    FloatHistogram before = null;
    for (int i = 0; i < samples.size(); i++) {
      FloatHistogram histogram = samples.histogram(i);
      if (histogram == null) {
        out.addFrom(samples, i);
        continue;
      }
      Hint hint = histogram.hint();
      if (hint == Hint.UNKNOWN && before != null) {
        hint = HistogramOps.isReset(before, histogram) ? Hint.RESET : Hint.NOT_RESET;
      }
      out.add(samples.timestampMs(i), histogram.withHint(hint));
      if (samples.startMs(i) != 0) {
        out.start(samples.startMs(i));
      }
      before = histogram;
    }
    return out;
  }
}
