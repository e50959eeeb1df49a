package io.trivigil.scraper.exposition;

import io.trivigil.model.Staleness;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Numbers as Go's `ParseFloat` and `ParseInt` take them.
final class Numbers {
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private Numbers() {}

  /// Reads a float from bytes.
  ///
  /// @throws NumberFormatException if it is none
  static double parseFloat(byte[] bytes, int from, int to) {
    // Up to 15 digits and a small power of ten are exact in doubles, so one division rounds right.
    int i = from;
    boolean negative = i < to && bytes[i] == '-';
    if (negative || (i < to && bytes[i] == '+')) {
      i++;
    }
    long digits = 0;
    int count = 0;
    int fraction = -1;
    for (; i < to && count <= 15; i++) {
      byte c = bytes[i];
      if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
        count++;
        fraction += fraction >= 0 ? 1 : 0;
      } else if (c == '.' && fraction < 0) {
        fraction = 0;
      } else {
        break;
      }
    }
    if (i == to && count > 0 && count <= 15) {
      double value = fraction > 0 ? digits / POWERS[fraction] : digits;
      return negative ? -value : value;
    }
    return parseSlowly(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
  }

  static double parseFloat(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return parseFloat(bytes, 0, bytes.length);
  }

  private static double parseSlowly(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean signed = lower.startsWith("+") || lower.startsWith("-");
    switch (signed ? lower.substring(1) : lower) {
      case "inf", "infinity" -> {
        return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      case "nan" -> {
        if (!signed) {
          return Double.longBitsToDouble(Staleness.NAN_BITS);
        }
      }
      default -> {}
    }
    boolean hex = lower.contains("0x");
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      boolean ok =
          (c >= '0' && c <= '9')
              || c == '.'
              || c == '+'
              || c == '-'
              || c == 'e'
              || (hex && ((c >= 'a' && c <= 'f') || c == 'x' || c == 'p'));
      if (!ok) {
        throw new NumberFormatException("invalid number \"" + text + "\"");
      }
    }
    if (text.isEmpty() || (hex && !lower.contains("p"))) {
      throw new NumberFormatException("invalid number \"" + text + "\"");
    }
    return Double.parseDouble(lower);
  }

  /// Reads a whole number with sign.
  ///
  /// @throws NumberFormatException if it is none
  static long parseLong(byte[] bytes, int from, int to) {
    return Long.parseLong(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
  }
}
