package io.trivigil.template.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Go's `strconv.Quote` and `Unquote`, `url.QueryEscape`, and the byte order of texts.
public final class GoStrings {
  private static final Comparator<String> BYTE_ORDER = GoStrings::compareBytes;

  private GoStrings() {}

  /// The order of the UTF-8 bytes, which differs from Java's above U+FFFF.
  public static Comparator<String> byteOrder() {
    return BYTE_ORDER;
  }

  private static int compareBytes(String a, String b) {
    int n = Math.min(a.length(), b.length());
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above every other char.
        boolean sx = Character.isSurrogate(x);
        boolean sy = Character.isSurrogate(y);
        return sx == sy ? Character.compare(x, y) : (sx ? 1 : -1);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// A text as a Go literal in double quotes.
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> quoteChar(out, c, '"', false));
    return out.append('"').toString();
  }

  static void quoteChar(StringBuilder out, int c, char quote, boolean ascii) {
    switch (c) {
      case 0x07 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x0b -> out.append("\\v");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (c < ' ' || c == 0x7f) {
          out.append(String.format(Locale.ROOT, "\\x%02x", c));
        } else if (ascii ? c < 0x7f : isPrintable(c)) {
          out.appendCodePoint(c);
        } else if (c > 0xffff) {
          out.append(String.format(Locale.ROOT, "\\U%08x", c));
        } else {
          out.append(String.format(Locale.ROOT, "\\u%04x", c));
        }
      }
    }
  }

  /// Whether Go would print the character as it is: letters, marks, numbers, punctuation, symbols,
  /// plain space.
  public static boolean isPrintable(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /// The text of a Go literal in double or back quotes, or null where it is not one.
  public static @Nullable String unquote(String literal) {
    int last = literal.length() - 1;
    if (last < 1 || literal.charAt(0) != literal.charAt(last)) {
      return null;
    }
    String body = literal.substring(1, last);
    return switch (literal.charAt(0)) {
      case '`' -> body.replace("\r", "");
      case '"' -> body.indexOf('\n') >= 0 ? null : unescape(body, '"');
      default -> null;
    };
  }

  /// The character of a Go rune literal such as `'a'`, or -1.
  public static int unquoteChar(String literal) {
    if (literal.length() < 3 || !literal.endsWith("'")) {
      return -1;
    }
    String text = unescape(literal.substring(1, literal.length() - 1), '\'');
    return text == null || text.codePointCount(0, text.length()) != 1 ? -1 : text.codePointAt(0);
  }

  private static @Nullable String unescape(String body, char quote) {
    if (body.indexOf('\\') < 0) {
      return body.indexOf(quote) >= 0 ? null : body;
    }
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < body.length(); ) {
      int c = body.codePointAt(i);
      i += Character.charCount(c);
      if (c == quote) {
        return null;
      }
      if (c != '\\') {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      if (i >= body.length()) {
        return null;
      }
      char e = body.charAt(i++);
      int simple = "abfnrtv\\".indexOf(e);
      if (simple >= 0) {
        out.write("\007\b\f\n\r\t\013\\".charAt(simple));
      } else if (e == quote) {
        out.write(e);
      } else {
        boolean octal = e >= '0' && e <= '7';
        int digits = octal ? 3 : e == 'x' ? 2 : e == 'u' ? 4 : e == 'U' ? 8 : 0;
        int from = octal ? i - 1 : i;
        if (digits == 0 || from + digits > body.length()) {
          return null;
        }
        long value = parseDigits(body.substring(from, from + digits), octal ? 8 : 16);
        if (value < 0 || value > 0x10ffff || (octal && value > 255)) {
          return null;
        }
        i = from + digits;
        if (digits < 4) {
          out.write((int) value);
        } else {
          out.writeBytes(Character.toString((int) value).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static long parseDigits(String digits, int radix) {
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  /// Go's `url.QueryEscape`: a space becomes `+`, and only letters, digits and `-_.~` stay.
  public static String queryEscape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
        out.append(c);
      } else if (c == ' ') {
        out.append('+');
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  /// How many UTF-8 bytes a text has: what Go's `len` counts.
  public static int byteLength(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// Part of a text by byte positions.
  public static String byteSlice(String text, int from, int to) {
    return new String(
        Arrays.copyOfRange(text.getBytes(StandardCharsets.UTF_8), from, to),
        StandardCharsets.UTF_8);
  }
}
