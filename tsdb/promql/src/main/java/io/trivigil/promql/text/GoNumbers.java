package io.trivigil.promql.text;

import java.util.Locale;

/// Numbers as Go reads them: base prefixes, leading-zero octal, underscores, `Inf`, `NaN`.
public final class GoNumbers {
  private GoNumbers() {}

  /// A PromQL number without sign.
  ///
  /// @throws NumberFormatException if it is none
  public static double parse(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    if (word.equals("inf") || word.equals("infinity")) {
      return Double.POSITIVE_INFINITY;
    }
    if (word.equals("nan")) {
      return Double.NaN;
    }
    String plain = word.replace("_", "");
    if (plain.startsWith("0x")) {
      return parseLong(plain.substring(2), 16, plain);
    }
    boolean digits = plain.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && plain.length() > 1 && plain.charAt(0) == '0') {
      boolean octal = plain.chars().allMatch(c -> c <= '7');
      return octal ? parseLong(plain, 8, plain) : Double.parseDouble(plain);
    }
    if (plain.isEmpty() || "df".indexOf(plain.charAt(plain.length() - 1)) >= 0) {
      throw new NumberFormatException("invalid number: " + text);
    }
    return Double.parseDouble(plain);
  }

  /// A number with an optional sign, for test scripts.
  public static double parseSigned(String text) {
    if (text.startsWith("-")) {
      return -parse(text.substring(1));
    }
    return parse(text.startsWith("+") ? text.substring(1) : text);
  }

  private static double parseLong(String digits, int base, String text) {
    if (digits.isEmpty()) {
      throw new NumberFormatException("invalid number: " + text);
    }
    return new java.math.BigInteger(digits, base).doubleValue();
  }
}
