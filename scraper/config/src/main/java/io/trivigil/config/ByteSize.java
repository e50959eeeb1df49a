package io.trivigil.config;

/// Sizes as Prometheus writes them: `512MB`, `1GiB`, `100`; all units are powers of two.
public final class ByteSize {
  private static final String UNITS = "KMGTPE";

  private ByteSize() {}

  /// Parses to bytes.
  ///
  /// @throws IllegalArgumentException if the text is no size
  public static long parse(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    String unit = text.substring(digits);
    int shift = 0;
    if (!unit.isEmpty() && !unit.equals("B")) {
      int power = UNITS.indexOf(unit.charAt(0));
      String rest = unit.substring(1);
      if (power < 0 || !(rest.equals("B") || rest.equals("iB") || rest.isEmpty())) {
        throw wrong(text);
      }
      shift = 10 * (power + 1);
    }
    if (digits == 0 || digits > 18) {
      throw wrong(text);
    }
    long count = Long.parseLong(text.substring(0, digits));
    if (count > Long.MAX_VALUE >> shift) {
      throw wrong(text);
    }
    return count << shift;
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "units: invalid size \"%s\", expected for example 512MB".formatted(text));
  }
}
