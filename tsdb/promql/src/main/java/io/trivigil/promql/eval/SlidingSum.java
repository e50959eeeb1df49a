package io.trivigil.promql.eval;

/// Sums of windows that overlap, with what rounding loses: each sample is added twice, however many
/// windows it is in.
///
/// A window is cut in two at a *seam*. What stands before it was added up backwards, once, for all
/// windows that end behind the seam; what stands behind it is added as the windows go on. No sum
/// ever contains anything but samples of its window, so nothing has to be taken away again, and an
/// infinity is gone with its sample. Owned by one thread; windows only move forwards.
final class SlidingSum {
  /// From each sample up to the seam.
  private double[] sums = new double[0];

  private double[] losts = new double[0];
  private int seam;

  /// From the seam to the window's end.
  private double behind;

  private double behindLost;
  private int end;

  private double sum;
  private double lost;

  /// Begins anew, with samples of another series.
  void rewind(int count) {
    if (sums.length < count) {
      sums = new double[Math.max(count, sums.length * 2)];
      losts = new double[sums.length];
    }
    seam = 0;
    end = 0;
  }

  /// Moves to the samples `from <= k < to`, of which there is at least one.
  void move(double[] values, int from, int to) {
    if (from >= seam) {
      cut(values, from, to);
    }
    double total = behind;
    double rest = behindLost;
    for (; end < to; end++) {
      double value = values[end];
      double next = total + value;
      rest = Kahan.lostBy(total, value, next, rest);
      total = next;
    }
    behind = total;
    behindLost = rest;
    sum = sums[from] + total;
    lost = Kahan.lostBy(sums[from], total, sum, losts[from] + rest);
  }

  /// Puts the seam at the window's end.
  private void cut(double[] values, int from, int to) {
    double total = 0;
    double rest = 0;
    for (int k = to - 1; k >= from; k--) {
      double value = values[k];
      double next = total + value;
      rest = Kahan.lostBy(total, value, next, rest);
      total = next;
      sums[k] = total;
      losts[k] = rest;
    }
    seam = to;
    end = to;
    behind = 0;
    behindLost = 0;
  }

  /// The window's sum without [what was lost][#lost]; no number where that makes no sense.
  double sum() {
    return sum;
  }

  double lost() {
    return lost;
  }
}
