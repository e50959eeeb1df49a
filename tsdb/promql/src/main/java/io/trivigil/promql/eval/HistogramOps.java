package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import java.util.Arrays;
import java.util.Optional;

/// Arithmetic on native histograms: layouts are brought together, then counts are added.
public final class HistogramOps {
  private HistogramOps() {}

  /// The sum or difference of two histograms.
  ///
  /// @param resetCollision one began with a counter reset and the other did not
  /// @param reconciled their custom bounds differed, only the common ones are left
  public record Combined(FloatHistogram histogram, boolean resetCollision, boolean reconciled) {}

  /// `a + sign * b`; empty if one has custom buckets and the other has not.
  public static Optional<Combined> combine(FloatHistogram a, FloatHistogram b, int sign) {
    if (a.isCustom() != b.isCustom()) {
      return Optional.empty();
    }
    boolean collision =
        (a.hint() == Hint.RESET && b.hint() == Hint.NOT_RESET)
            || (a.hint() == Hint.NOT_RESET && b.hint() == Hint.RESET);
    Hint hint = hint(a.hint(), b.hint());
    if (a.isCustom()) {
      boolean same = Arrays.equals(a.bounds(), b.bounds());
      double[] bounds = same ? a.bounds() : commonBounds(a.bounds(), b.bounds());
      FloatHistogram x = same ? a : rebounded(a, bounds);
      FloatHistogram y = same ? b : rebounded(b, bounds);
      return Optional.of(
          new Combined(added(x, y, sign, hint, 0, x.zeroThreshold(), bounds), collision, !same));
    }
    int schema = Math.min(a.schema(), b.schema());
    Zero zeroA = new Zero(a.zeroCount(), a.zeroThreshold());
    Zero zeroB = new Zero(b.zeroCount(), b.zeroThreshold());
    while (zeroA.threshold != zeroB.threshold) {
      if (zeroA.threshold > zeroB.threshold) {
        zeroB = widened(b, zeroA.threshold);
      }
      if (zeroB.threshold > zeroA.threshold) {
        zeroA = widened(a, zeroB.threshold);
      }
    }
    FloatHistogram x = reduced(aboveZero(a, zeroA.threshold), schema);
    FloatHistogram y = reduced(aboveZero(b, zeroB.threshold), schema);
    double zeroCount = zeroA.count + sign * zeroB.count;
    return Optional.of(
        new Combined(
            added(x, y, sign, hint, zeroCount, zeroA.threshold, a.bounds()), collision, false));
  }

  private static Hint hint(Hint a, Hint b) {
    if (a == b) {
      return a;
    }
    return a == Hint.GAUGE || b == Hint.GAUGE ? Hint.GAUGE : Hint.UNKNOWN;
  }

  private static FloatHistogram added(
      FloatHistogram x,
      FloatHistogram y,
      int sign,
      Hint hint,
      double zeroCount,
      double threshold,
      double[] bounds) {
    return new FloatHistogram(
        x.schema(),
        hint,
        x.count() + sign * y.count(),
        x.sum() + sign * y.sum(),
        zeroCount,
        threshold,
        added(x.positive(), y.positive(), sign),
        added(x.negative(), y.negative(), sign),
        bounds);
  }

  private static Buckets added(Buckets a, Buckets b, int sign) {
    int[] indexes = new int[a.size() + b.size()];
    double[] counts = new double[indexes.length];
    int i = 0;
    int j = 0;
    int k = 0;
    while (i < a.size() || j < b.size()) {
      int x = i < a.size() ? a.indexes()[i] : Integer.MAX_VALUE;
      int y = j < b.size() ? b.indexes()[j] : Integer.MAX_VALUE;
      indexes[k] = Math.min(x, y);
      if (x == indexes[k] && i < a.size()) {
        counts[k] += a.counts()[i++];
      }
      if (y == indexes[k] && j < b.size()) {
        counts[k] += sign * b.counts()[j++];
      }
      k++;
    }
    return new Buckets(Arrays.copyOf(indexes, k), Arrays.copyOf(counts, k));
  }

  private record Zero(double count, double threshold) {}

  /// The zero bucket if it reached to at least `wanted`: it never cuts a populated bucket.
  private static Zero widened(FloatHistogram h, double wanted) {
    double threshold = wanted;
    if (threshold == h.zeroThreshold()) {
      return new Zero(h.zeroCount(), threshold);
    }
    while (true) {
      double before = threshold;
      double count = h.zeroCount();
      for (Buckets side : new Buckets[] {h.positive(), h.negative()}) {
        for (int i = 0; i < side.size(); i++) {
          int index = side.indexes()[i];
          if (h.lowerBound(index) >= threshold) {
            break;
          }
          count += side.counts()[i];
          if (h.upperBound(index) > threshold && side.counts()[i] != 0) {
            threshold = h.upperBound(index);
          }
        }
      }
      if (threshold == before) {
        return new Zero(count, threshold);
      }
    }
  }

  /// Without the buckets that the zero bucket has swallowed.
  private static FloatHistogram aboveZero(FloatHistogram h, double threshold) {
    if (threshold == h.zeroThreshold()) {
      return h;
    }
    return withBuckets(
        h, h.schema(), above(h, h.positive(), threshold), above(h, h.negative(), threshold));
  }

  private static Buckets above(FloatHistogram h, Buckets side, double threshold) {
    int from = 0;
    while (from < side.size() && h.lowerBound(side.indexes()[from]) < threshold) {
      from++;
    }
    return new Buckets(
        Arrays.copyOfRange(side.indexes(), from, side.size()),
        Arrays.copyOfRange(side.counts(), from, side.size()));
  }

  private static FloatHistogram withBuckets(
      FloatHistogram h, int schema, Buckets positive, Buckets negative) {
    return new FloatHistogram(
        schema,
        h.hint(),
        h.count(),
        h.sum(),
        h.zeroCount(),
        h.zeroThreshold(),
        positive,
        negative,
        h.bounds());
  }

  /// At a lower resolution.
  static FloatHistogram reduced(FloatHistogram h, int schema) {
    if (schema >= h.schema()) {
      return h;
    }
    int shift = h.schema() - schema;
    return withBuckets(h, schema, reduced(h.positive(), shift), reduced(h.negative(), shift));
  }

  private static Buckets reduced(Buckets side, int shift) {
    int[] indexes = new int[side.size()];
    double[] counts = new double[side.size()];
    int k = -1;
    for (int i = 0; i < side.size(); i++) {
      int index = ((side.indexes()[i] - 1) >> shift) + 1;
      if (k < 0 || indexes[k] != index) {
        indexes[++k] = index;
      }
      counts[k] += side.counts()[i];
    }
    return new Buckets(Arrays.copyOf(indexes, k + 1), Arrays.copyOf(counts, k + 1));
  }

  static double[] commonBounds(double[] a, double[] b) {
    return Arrays.stream(a).filter(bound -> Arrays.binarySearch(b, bound) >= 0).toArray();
  }

  /// With fewer custom bounds, each of which it has.
  static FloatHistogram rebounded(FloatHistogram h, double[] bounds) {
    int[] indexes = new int[h.positive().size()];
    double[] counts = new double[indexes.length];
    int k = -1;
    for (int i = 0; i < h.positive().size(); i++) {
      double upper = h.upperBound(h.positive().indexes()[i]);
      int at = Arrays.binarySearch(bounds, upper);
      int index = at >= 0 ? at : -at - 1;
      if (k < 0 || indexes[k] != index) {
        indexes[++k] = index;
      }
      counts[k] += h.positive().counts()[i];
    }
    return new FloatHistogram(
        h.schema(),
        h.hint(),
        h.count(),
        h.sum(),
        h.zeroCount(),
        h.zeroThreshold(),
        new Buckets(Arrays.copyOf(indexes, k + 1), Arrays.copyOf(counts, k + 1)),
        Buckets.NONE,
        bounds);
  }

  /// Every count and the sum times `factor`; a negative factor makes it a gauge.
  public static FloatHistogram scaled(FloatHistogram h, double factor) {
    return new FloatHistogram(
        h.schema(),
        factor < 0 ? Hint.GAUGE : h.hint(),
        h.count() * factor,
        h.sum() * factor,
        h.zeroCount() * factor,
        h.zeroThreshold(),
        scaled(h.positive(), factor, false),
        scaled(h.negative(), factor, false),
        h.bounds());
  }

  /// Every count and the sum divided; nothing is left in buckets divided by zero.
  static FloatHistogram divided(FloatHistogram h, double divisor) {
    boolean none = divisor == 0;
    return new FloatHistogram(
        h.schema(),
        divisor < 0 ? Hint.GAUGE : h.hint(),
        h.count() / divisor,
        h.sum() / divisor,
        h.zeroCount() / divisor,
        h.zeroThreshold(),
        none ? Buckets.NONE : scaled(h.positive(), divisor, true),
        none ? Buckets.NONE : scaled(h.negative(), divisor, true),
        h.bounds());
  }

  private static Buckets scaled(Buckets buckets, double by, boolean divide) {
    double[] counts = buckets.counts().clone();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = divide ? counts[i] / by : counts[i] * by;
    }
    return new Buckets(buckets.indexes(), counts);
  }

  /// Whether a counter was reset between two histograms.
  static boolean isReset(FloatHistogram before, FloatHistogram after) {
    if (after.hint() == Hint.RESET) {
      return true;
    }
    if (after.hint() == Hint.NOT_RESET) {
      return false;
    }
    if (after.count() < before.count() || after.isCustom() != before.isCustom()) {
      return true;
    }
    if (after.isCustom()) {
      if (Arrays.equals(after.bounds(), before.bounds())) {
        return falls(before.positive(), after.positive());
      }
      double[] bounds = commonBounds(before.bounds(), after.bounds());
      return falls(rebounded(before, bounds).positive(), rebounded(after, bounds).positive());
    }
    if (after.schema() > before.schema() || after.zeroThreshold() < before.zeroThreshold()) {
      return true;
    }
    Zero zero = widened(before, after.zeroThreshold());
    if (zero.threshold != after.zeroThreshold() || after.zeroCount() < zero.count) {
      return true;
    }
    FloatHistogram old = reduced(aboveZero(before, zero.threshold), after.schema());
    return falls(old.positive(), after.positive()) || falls(old.negative(), after.negative());
  }

  /// Whether a store would append `after` behind `before`: the same layout and no reset.
  public static boolean continues(FloatHistogram before, FloatHistogram after) {
    return before.schema() == after.schema()
        && before.zeroThreshold() == after.zeroThreshold()
        && Arrays.equals(before.bounds(), after.bounds())
        && !isReset(before, after.withHint(Hint.UNKNOWN));
  }

  private static boolean falls(Buckets before, Buckets after) {
    for (int i = 0; i < before.size(); i++) {
      if (after.at(before.indexes()[i]) < before.counts()[i]) {
        return true;
      }
    }
    return false;
  }
}
