package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;

/// The trim operators `</` and `>/`: what a histogram holds below or above a value.
///
/// Buckets that the value cuts are shared out by interpolation. The sum is estimated anew from the
/// middles of what is left, unless nothing was taken away.
final class Trim {
  private final FloatHistogram h;
  private final double cut;
  private final boolean upper;
  private boolean changed;
  private double count;
  private final Kahan sum = new Kahan();

  private Trim(FloatHistogram h, double cut, boolean upper) {
    this.h = h;
    this.cut = cut;
    this.upper = upper;
  }

  /// @param upper whether everything above `cut` goes, else everything below
  static FloatHistogram apply(FloatHistogram h, double cut, boolean upper) {
    if (cut == (upper ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY)) {
      return h;
    }
    return new Trim(h, cut, upper).trimmed();
  }

  private FloatHistogram trimmed() {
    Buckets negative = side(h.negative(), true);
    double zeroCount = zero();
    Buckets positive = side(h.positive(), false);
    if (!changed) {
      return h;
    }
    return new FloatHistogram(
            h.schema(),
            h.hint(),
            count,
            sum.sum + sum.lost,
            zeroCount,
            h.zeroThreshold(),
            positive,
            negative,
            h.bounds())
        .compact();
  }

  private double zero() {
    if (h.zeroCount() == 0) {
      return 0;
    }
    boolean positiveOnly = h.negative().size() == 0 && h.positive().size() > 0;
    boolean negativeOnly = h.positive().size() == 0 && h.negative().size() > 0;
    double low = positiveOnly ? 0 : -h.zeroThreshold();
    double high = negativeOnly ? 0 : h.zeroThreshold();
    return linear(low, high, h.zeroCount());
  }

  private Buckets side(Buckets side, boolean mirrored) {
    double[] counts = new double[side.size()];
    for (int i = 0; i < counts.length; i++) {
      int index = side.indexes()[i];
      double low = mirrored ? -h.upperBound(index) : h.lowerBound(index);
      double high = mirrored ? -h.lowerBound(index) : h.upperBound(index);
      double inside = side.counts()[i];
      counts[i] = h.isCustom() ? custom(low, high, inside) : exponential(low, high, inside);
    }
    return new Buckets(side.indexes(), counts);
  }

  private double custom(double low, double high, double inside) {
    boolean openLow = low == Double.NEGATIVE_INFINITY;
    boolean openHigh = high == Double.POSITIVE_INFINITY;
    if (openLow && openHigh) {
      return drop(inside);
    }
    if (openHigh) {
      return upper || cut == Double.POSITIVE_INFINITY
          ? drop(inside)
          : keep(inside, inside, Math.max(low, cut));
    }
    if (!openLow) {
      return linear(low, high, inside);
    }
    if (high > 0) {
      // Such a bucket is taken to begin at zero.
      return !upper && cut < 0 ? drop(inside) : linear(0, high, inside);
    }
    if (upper) {
      return cut == Double.NEGATIVE_INFINITY
          ? drop(inside)
          : keep(inside, inside, Math.min(cut, high));
    }
    return drop(inside);
  }

  private double linear(double low, double high, double inside) {
    if (upper ? cut >= high : cut <= low) {
      return keep(inside, inside, (low + high) / 2);
    }
    if (upper ? cut <= low : cut >= high) {
      return drop(inside);
    }
    double below = inside * ((cut - low) / (high - low));
    return upper
        ? keep(below, inside, (low + cut) / 2)
        : keep(inside - below, inside, (cut + high) / 2);
  }

  private double exponential(double low, double high, double inside) {
    if (upper ? cut >= high : cut <= low) {
      return keep(inside, inside, middle(low, high));
    }
    if (upper ? cut <= low : cut >= high) {
      return drop(inside);
    }
    double logLow = Floats.log2(Math.abs(low));
    double logHigh = Floats.log2(Math.abs(high));
    double share = (Floats.log2(Math.abs(cut)) - logLow) / (logHigh - logLow);
    double below = inside * share;
    return upper
        ? keep(below, inside, middle(low, cut))
        : keep(inside - below, inside, middle(cut, high));
  }

  private static double middle(double low, double high) {
    return Math.copySign(Math.sqrt(Math.abs(low) * Math.abs(high)), low < 0 ? -1 : 1);
  }

  private double drop(double inside) {
    changed |= inside != 0;
    return 0;
  }

  private double keep(double kept, double inside, double middle) {
    changed |= kept != inside;
    count += kept;
    if (kept != 0) {
      sum.add(kept * middle);
    }
    return kept;
  }
}
