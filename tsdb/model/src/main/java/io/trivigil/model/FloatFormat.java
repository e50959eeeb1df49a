package io.trivigil.model;

import java.math.BigDecimal;
import java.math.MathContext;

/// Floating point numbers as Go prints them, shortest digits that read back to the same value.
public final class FloatFormat {
  private FloatFormat() {}

  /// As in API answers: plain digits, the exponent form only below 1e-6 and from 1e21 on.
  public static String api(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    return size != 0 && (size < 1e-6 || size >= 1e21) ? exponent(value) : plain(value);
  }

  /// As Go's `%v` and `%g`, in `{{ $value }}`, `le` and exposition text: the exponent form if the
  /// decimal exponent is below -4 or from 6 on: `100000`, `1e+06`.
  public static String general(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    if (value == 0) {
      return plain(value);
    }
    BigDecimal digits = shortest(Math.abs(value));
    int exponent = digits.precision() - digits.scale() - 1;
    return exponent < -4 || exponent >= 6 ? exponent(value) : plain(value);
  }

  /// Go's 'f' format with the shortest digits: never an exponent.
  public static String plain(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
    }
    double size = Math.abs(value);
    if (size >= 1e-3 && size < 1e7) {
      return Double.toString(value); // has no exponent there, and a fraction, for it is no integer
    }
    String sign = value < 0 ? "-" : "";
    return sign + shortest(size).stripTrailingZeros().toPlainString();
  }

  /// Go's 'e' format with the shortest digits and an exponent of at least two digits: `1e+00`.
  public static String exponent(double value) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0e+00";
    }
    BigDecimal digits = shortest(Math.abs(value)).stripTrailingZeros();
    String unscaled = digits.unscaledValue().toString();
    int exponent = unscaled.length() - digits.scale() - 1;
    String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
    return "%s%s%se%s%02d"
        .formatted(
            sign, unscaled.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static BigDecimal shortest(double positive) {
    BigDecimal digits =
        new BigDecimal(Double.toString(positive)); // since JDK 19 the shortest digits
    if (digits.precision() == 2) {
      // … but never fewer than two: the smallest double is 4.9E-324 there and 5e-324 in Go.
      BigDecimal one = digits.round(new MathContext(1));
      return one.doubleValue() == positive ? one : digits;
    }
    return digits;
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
}
