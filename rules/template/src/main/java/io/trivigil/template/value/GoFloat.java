package io.trivigil.template.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Go's `strconv.FormatFloat` and `ParseFloat`.
public final class GoFloat {
  // Only ever matches an ASCII number without back-tracking, so java.util.regex is safe here.
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
  private static final Pattern HEX =
      Pattern.compile("[+-]?0[xX](?:[0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+");

  private GoFloat() {}

  /// The shortest text that reads back as the same number, in Go's `g` form: `100000`, `1e+06`,
  /// `+Inf`.
  public static String shortest(double value) {
    return format(value, 'g', -1);
  }

  /// Formats with verb e, E, f, F, g or G; precision -1 means the fewest digits that are exact.
  public static String format(double value, char verb, int precision) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean negative = Double.doubleToRawLongBits(value) < 0;
    double abs = Math.abs(value);
    String text =
        switch (verb) {
          case 'e', 'E' -> exponent(abs, precision, verb);
          case 'f', 'F' -> fixed(abs, precision);
          default -> general(abs, precision, verb == 'G' ? 'E' : 'e');
        };
    return negative ? "-" + text : text;
  }

  private static BigDecimal exact(double abs, boolean shortest) {
    if (!shortest) {
      return new BigDecimal(abs);
    }
    // Double.toString gives the shortest digits, but never fewer than two: 4.9E-324 is 5e-324 in
    // Go.
    BigDecimal digits = new BigDecimal(Double.toString(abs));
    BigDecimal one = digits.round(new MathContext(1));
    return digits.precision() == 2 && one.doubleValue() == abs ? one : digits;
  }

  private static String fixed(double abs, int precision) {
    if (precision < 0) {
      BigDecimal number = exact(abs, true).stripTrailingZeros();
      return (number.scale() < 0 ? number.setScale(0) : number).toPlainString();
    }
    return exact(abs, false).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String exponent(double abs, int precision, char e) {
    if (abs == 0) {
      return (precision > 0 ? "0." + "0".repeat(precision) : "0") + e + "+00";
    }
    BigDecimal number = exact(abs, precision < 0);
    if (precision >= 0) {
      number = number.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    }
    String digits = number.stripTrailingZeros().unscaledValue().toString();
    return scientific(digits, Math.max(precision, -1), magnitude(number), e);
  }

  private static String scientific(String digits, int precision, int magnitude, char e) {
    StringBuilder out = new StringBuilder();
    out.append(digits.charAt(0));
    String rest = digits.substring(1);
    if (precision > rest.length()) {
      rest = rest + "0".repeat(precision - rest.length());
    }
    if (!rest.isEmpty()) {
      out.append('.').append(rest);
    }
    out.append(e).append(magnitude < 0 ? '-' : '+');
    int size = Math.abs(magnitude);
    return out.append(size < 10 ? "0" : "").append(size).toString();
  }

  private static int magnitude(BigDecimal number) {
    return number.precision() - number.scale() - 1;
  }

  private static String general(double abs, int precision, char e) {
    if (abs == 0) {
      return "0";
    }
    boolean shortest = precision < 0;
    int wanted = precision == 0 ? 1 : precision;
    BigDecimal number = exact(abs, shortest);
    if (!shortest) {
      number = number.round(new MathContext(wanted, RoundingMode.HALF_EVEN));
    }
    number = number.stripTrailingZeros();
    int magnitude = magnitude(number);
    int digits = number.precision();
    // strconv: the exponent form begins at the precision, and at 6 where that is "shortest".
    int limit = shortest ? 6 : wanted;
    if (!shortest && limit > digits && digits >= magnitude + 1) {
      limit = digits;
    }
    return magnitude < -4 || magnitude >= limit
        ? scientific(number.unscaledValue().toString(), -1, magnitude, e)
        : plain(number);
  }

  private static String plain(BigDecimal number) {
    return (number.scale() < 0 ? number.setScale(0) : number).toPlainString();
  }

  /// Reads a number as Go does: decimal, hexadecimal, `Inf`, `NaN`; no blanks, no Java suffixes.
  public static OptionalDouble parse(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    String word = lower.startsWith("+") || lower.startsWith("-") ? lower.substring(1) : lower;
    if (word.equals("inf") || word.equals("infinity")) {
      return OptionalDouble.of(
          lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (lower.equals("nan")) {
      return OptionalDouble.of(Double.NaN);
    }
    if (DECIMAL.matcher(text).matches() || HEX.matcher(text).matches()) {
      return OptionalDouble.of(Double.parseDouble(text));
    }
    return OptionalDouble.empty();
  }
}
