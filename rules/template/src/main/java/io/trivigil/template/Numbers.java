package io.trivigil.template;

import io.trivigil.template.value.GoFloat;
import io.trivigil.template.value.GoStrings;
import java.math.BigInteger;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Number literals: an int where there is no point and no exponent, else a float64.
final class Numbers {
  private Numbers() {}

  /// A `Long`, a `Double` or, where it is neither, null.
  static @Nullable Object parse(String source) {
    if (source.startsWith("'")) {
      int c = GoStrings.unquoteChar(source);
      return c < 0 ? null : (Object) (long) c;
    }
    String text = source.replace("_", "");
    String lower = text.toLowerCase(Locale.ROOT);
    boolean hex = lower.contains("0x");
    if (!lower.contains(".") && !lower.contains("p") && (hex || !lower.contains("e"))) {
      return integer(lower);
    }
    OptionalDouble number = GoFloat.parse(text);
    return number.isPresent() ? (Object) number.getAsDouble() : null;
  }

  private static @Nullable Long integer(String lower) {
    boolean negative = lower.startsWith("-");
    String digits = negative || lower.startsWith("+") ? lower.substring(1) : lower;
    int radix = 10;
    if (digits.startsWith("0x")) {
      radix = 16;
    } else if (digits.startsWith("0o")) {
      radix = 8;
    } else if (digits.startsWith("0b")) {
      radix = 2;
    } else if (digits.length() > 1 && digits.startsWith("0")) {
      radix = 8;
      digits = "0o" + digits.substring(1);
    }
    try {
      BigInteger value = new BigInteger(radix == 10 ? digits : digits.substring(2), radix);
      value = negative ? value.negate() : value;
      return value.bitLength() < 64 ? (Long) value.longValue() : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
