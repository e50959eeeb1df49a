package io.trivigil.storage.frame;

/// Least squares over a column with the places 0, 1, 2 … as abscissae. Only a guess for the
/// encoder: what it misses goes into the residuals. Owned by one thread.
final class Fit {
  private double slope;
  private double curvature;

  /// Fits a line.
  void line(long[] values, int count) {
    double middle = (count - 1) / 2.0;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (i - middle) * (double) (values[i] - values[0]);
    }
    double n = count;
    slope = sum * 12 / (n * (n * n - 1));
    curvature = 0;
  }

  /// Adds a curvature to the line that was fitted before.
  void curve(long[] values, int count) {
    double middle = (count - 1) / 2.0;
    double n = count;
    double level = (n * n - 1) / 12; // the mean square distance from the middle
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < count; i++) {
      double shape = (i - middle) * (i - middle) - level;
      sum += shape * (double) (values[i] - values[0]);
      weight += shape * shape;
    }
    curvature = sum / weight;
    slope -= 2 * middle * curvature;
  }

  /// Makes the slope whole, where that turns the line by no more than a window of `width` bits;
  /// else returns false.
  boolean roundSlope(int count, int width) {
    double whole = Math.rint(slope);
    if (Math.abs(slope - whole) * count > Math.scalb(1.0, width)) {
      return false;
    }
    slope = whole;
    return true;
  }

  /// How many bits what it misses takes.
  int width(long[] values, int count) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      double rest = (double) (values[i] - values[0]) - slope * i - curvature * i * i;
      min = Math.min(min, rest);
      max = Math.max(max, rest);
    }
    double range = Math.ceil(max - min);
    return range < 0x1p62 ? Bits.width((long) range) : 64;
  }

  double slope() {
    return slope;
  }

  double curvature() {
    return curvature;
  }
}
