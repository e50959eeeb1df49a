package io.trivigil.promql.eval;

/// What `java.lang.Math` lacks, or answers differently from Go in special cases.
final class Floats {
  private Floats() {}

  /// Exact for powers of two.
  static double log2(double x) {
    if (!(x > 0) || Double.isInfinite(x)) {
      return Math.log(x);
    }
    int exponent = Math.getExponent(x);
    if (exponent < Double.MIN_EXPONENT) {
      return Math.log(x) / Math.log(2);
    }
    double mantissa = Math.scalb(x, -exponent);
    return exponent + Math.log(mantissa) / Math.log(2);
  }

  static double asinh(double x) {
    if (Double.isInfinite(x) || Double.isNaN(x) || x == 0) {
      return x;
    }
    double a = Math.abs(x);
    double y;
    if (a > 1L << 28) {
      y = Math.log(a) + Math.log(2);
    } else if (a > 2) {
      y = Math.log(2 * a + 1 / (Math.sqrt(a * a + 1) + a));
    } else {
      y = Math.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
    }
    return Math.copySign(y, x);
  }

  static double acosh(double x) {
    if (x < 1 || Double.isNaN(x)) {
      return Double.NaN;
    }
    if (x >= 1L << 28) {
      return Math.log(x) + Math.log(2);
    }
    if (x > 2) {
      return Math.log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
    }
    double t = x - 1;
    return Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    if (x < -1 || x > 1 || Double.isNaN(x)) {
      return Double.NaN;
    }
    return 0.5 * Math.log1p(2 * x / (1 - x));
  }

  /// Go's `math.Pow`.
  static double pow(double x, double y) {
    if (x == 1 || y == 0) {
      return 1;
    }
    if (x == -1 && Double.isInfinite(y)) {
      return 1;
    }
    return Math.pow(x, y);
  }

  /// Go's `math.Max`: infinity beats NaN.
  static double max(double x, double y) {
    return x == Double.POSITIVE_INFINITY || y == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(x, y);
  }

  /// Go's `math.Min`: minus infinity beats NaN.
  static double min(double x, double y) {
    return x == Double.NEGATIVE_INFINITY || y == Double.NEGATIVE_INFINITY
        ? Double.NEGATIVE_INFINITY
        : Math.min(x, y);
  }

  /// To the nearest multiple of `nearest`, halves up.
  static double round(double x, double nearest) {
    double inverse = 1.0 / nearest;
    return Math.floor(x * inverse + 0.5) / inverse;
  }
}
