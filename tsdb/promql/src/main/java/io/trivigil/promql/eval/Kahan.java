package io.trivigil.promql.eval;

/// Sums that keep what rounding loses (Kahan, in Neumaier's form). Reused by one thread.
final class Kahan {
  double sum;
  double lost;

  void reset(double start) {
    sum = start;
    lost = 0;
  }

  void add(double value) {
    double total = sum + value;
    lost = lostBy(sum, value, total, lost);
    sum = total;
  }

  double result() {
    return Double.isInfinite(sum) ? sum : sum + lost;
  }

  /// The compensation after `sum + value = total`.
  static double lostBy(double sum, double value, double total, double lost) {
    if (Double.isInfinite(total)) {
      return 0;
    }
    return Math.abs(sum) >= Math.abs(value)
        ? lost + ((sum - total) + value)
        : lost + ((value - total) + sum);
  }

  /// An average that goes on when the sum leaves the range of floats.
  static final class Mean {
    private final Kahan kahan = new Kahan();
    private boolean incremental;
    private double count;

    void reset() {
      kahan.reset(0);
      incremental = false;
      count = 0;
    }

    void add(double value) {
      count++;
      if (count == 1) {
        kahan.reset(value);
        return;
      }
      if (!incremental) {
        double total = kahan.sum + value;
        if (!Double.isInfinite(total)) {
          kahan.add(value);
          return;
        }
        incremental = true;
        kahan.sum /= count - 1;
        kahan.lost /= count - 1;
      }
      double share = (count - 1) / count;
      kahan.sum *= share;
      kahan.lost *= share;
      kahan.add(value / count);
    }

    double result() {
      return incremental ? kahan.sum + kahan.lost : kahan.sum / count + kahan.lost / count;
    }
  }
}
