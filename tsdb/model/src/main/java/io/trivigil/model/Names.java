package io.trivigil.model;

/// What may be a name, and how names and strings are quoted (Go's `strconv.Quote`).
public final class Names {
  private Names() {}

  /// Whether `name` is a label name of the classic form `[a-zA-Z_][a-zA-Z0-9_]*`.
  public static boolean isClassicLabelName(String name) {
    return isClassic(name, false);
  }

  /// Whether `name` is a metric name of the classic form `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  public static boolean isClassicMetricName(String name) {
    return isClassic(name, true);
  }

  /// Whether `name` is valid under the UTF-8 scheme: not empty, no unpaired surrogate.
  public static boolean isUtf8Name(String name) {
    return !name.isEmpty() && isValidUtf8(name);
  }

  /// Whether the string can be encoded in UTF-8: it has no unpaired surrogate.
  public static boolean isValidUtf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isHighSurrogate(unit)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      } else if (Character.isLowSurrogate(unit)) {
        return false;
      }
    }
    return true;
  }

  /// The name as it stands if it is a classic label name, else quoted.
  public static String quoteIfNeeded(String name) {
    return isClassicLabelName(name) ? name : quote(name);
  }

  /// A Go string literal in double quotes.
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(point -> appendEscaped(out, point));
    return out.append('"').toString();
  }

  private static void appendEscaped(StringBuilder out, int point) {
    switch (point) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x07 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case 0x0b -> out.append("\\v");
      default -> {
        if (isPrintable(point)) {
          out.appendCodePoint(point);
        } else if (point < 0x80) {
          out.append("\\x%02x".formatted(point));
        } else if (point < 0x10000) {
          out.append("\\u%04x".formatted(point));
        } else {
          out.append("\\U%08x".formatted(point));
        }
      }
    }
  }

  private static boolean isPrintable(int point) {
    if (point == ' ') {
      return true;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static boolean isClassic(String name, boolean colon) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9' && i > 0;
      if (!letter && !digit && !(colon && c == ':')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
