package io.trivigil.promql.eval;

import java.util.Arrays;

/// The φ-quantile of a handful of values.
final class Quantiles {
  /// So few are sorted.
  private static final int FEW = 24;

  private Quantiles() {}

  /// Interpolates between the two nearest ranks; NaNs count as the smallest. Changes the order of
  /// `values`. Takes time in proportion to `count`: two ranks are looked for, nothing is sorted.
  static double of(double q, double[] values, int count) {
    if (count == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    double rank = q * (count - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(count - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    int nans = nansFirst(values, count);
    if (lower < nans) {
      return Double.NaN;
    }
    select(values, nans, count, lower);
    double below = values[lower];
    double above = upper == lower ? below : least(values, upper, count);
    if (below == 0 || above == 0) {
      // Which zero has which sign is a matter of the whole order.
      Arrays.sort(values, nans, count);
      below = values[lower];
      above = values[upper];
    }
    return below * (1 - weight) + above * weight;
  }

  private static int nansFirst(double[] values, int count) {
    int nans = 0;
    for (int i = 0; i < count; i++) {
      double value = values[i];
      if (Double.isNaN(value)) {
        values[i] = values[nans];
        values[nans++] = value;
      }
    }
    return nans;
  }

  private static double least(double[] values, int from, int to) {
    double least = values[from];
    for (int i = from + 1; i < to; i++) {
      least = values[i] < least ? values[i] : least;
    }
    return least;
  }

  /// Puts at `rank` what would stand there if `from` to `to` (exclusive) were sorted, nothing
  /// larger before it and nothing smaller behind it. Hoare's selection; an order that is against it
  /// is sorted instead.
  private static void select(double[] values, int from, int to, int rank) {
    int low = from;
    int high = to - 1;
    int tries = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(to - from));
    while (high - low >= FEW && tries-- > 0) {
      double pivot = middle(values[low], values[(low + high) >>> 1], values[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swapped = values[i];
          values[i++] = values[j];
          values[j--] = swapped;
        }
      }
      if (rank <= j) {
        high = j;
      } else if (rank >= i) {
        low = i;
      } else {
        return; // between the two stands the pivot
      }
    }
    Arrays.sort(values, low, high + 1);
  }

  private static double middle(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
