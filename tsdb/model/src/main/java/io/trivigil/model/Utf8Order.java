package io.trivigil.model;

/// The order of the field: strings compared as their UTF-8 bytes.
///
/// Java's own order compares UTF-16 units, which puts U+E000–U+FFFF behind the code points above
/// U+FFFF. Code point order is UTF-8 byte order.
public final class Utf8Order {
  private Utf8Order() {}

  /// Compares as `Comparator` does, bytewise in UTF-8, the shorter first where one begins the
  /// other.
  @SuppressWarnings("ReferenceEquality") // a short cut: the store keeps each text once
  public static int compare(String a, String b) {
    if (a == b) {
      return 0;
    }
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.compare(weight(x), weight(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  // Surrogates stand for code points above U+FFFF, so they sort behind every other unit.
  private static char weight(char unit) {
    if (unit >= 0xE000) {
      return (char) (unit - 0x800);
    }
    return unit >= 0xD800 ? (char) (unit + 0x2000) : unit;
  }
}
