package io.trivigil.promql.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/// Go's string literals: escapes name bytes, so that a literal may be no valid UTF-8.
///
/// A byte that is not part of valid UTF-8 becomes the unpaired surrogate U+DC00 + byte, which no
/// valid name or value contains.
public final class GoStrings {
  private GoStrings() {}

  /// The text of a literal with its quotes, which the lexer has found to be well-formed.
  ///
  /// @throws IllegalArgumentException if it is not
  public static String unquote(String literal) {
    char quote = literal.charAt(0);
    String body = literal.substring(1, literal.length() - 1);
    if (quote == '`') {
      return body.replace("\r", "");
    }
    if (body.indexOf('\\') < 0) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length());
    int i = 0;
    while (i < body.length()) {
      int point = body.codePointAt(i);
      i += Character.charCount(point);
      if (point != '\\') {
        out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      char escape = body.charAt(i++);
      int digits = digits(escape);
      if (digits == 0) {
        out.write(simple(escape));
        continue;
      }
      int start = escape >= '0' && escape <= '7' ? i - 1 : i;
      int value = Integer.parseUnsignedInt(body, start, start + digits, digits == 3 ? 8 : 16);
      i = start + digits;
      if (escape == 'u' || escape == 'U') {
        out.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
      } else {
        out.write(value);
      }
    }
    return decode(out.toByteArray());
  }

  private static int simple(char escape) {
    return switch (escape) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      default -> escape;
    };
  }

  private static int digits(char escape) {
    return switch (escape) {
      case '0', '1', '2', '3', '4', '5', '6', '7' -> 3;
      case 'x' -> 2;
      case 'u' -> 4;
      case 'U' -> 8;
      default -> 0;
    };
  }

  /// The index behind the escape whose backslash stands before `at`.
  public static int skipEscape(
      String input, int at, char quote, Function<String, ? extends RuntimeException> fail) {
    if (at >= input.length()) {
      throw fail.apply("escape sequence not terminated");
    }
    char escape = input.charAt(at);
    int digits = digits(escape);
    if (digits == 0) {
      if ("abfnrtv\\".indexOf(escape) < 0 && escape != quote) {
        throw fail.apply("unknown escape sequence " + unicode(input.codePointAt(at)));
      }
      return at + 1;
    }
    int start = digits == 3 ? at : at + 1;
    int base = digits == 3 ? 8 : 16;
    long value = 0;
    for (int i = start; i < start + digits; i++) {
      if (i >= input.length()) {
        throw fail.apply("escape sequence not terminated");
      }
      int digit = Character.digit(input.charAt(i), base);
      if (digit < 0) {
        throw fail.apply(
            "illegal character " + unicode(input.codePointAt(i)) + " in escape sequence");
      }
      value = value * base + digit;
    }
    long max = digits >= 4 ? 0x10FFFF : 255;
    if (value > max || (value >= 0xD800 && value < 0xE000)) {
      throw fail.apply("escape sequence is an invalid Unicode code point");
    }
    return start + digits;
  }

  private static String unicode(int point) {
    return "U+%04X '%s'".formatted(point, Character.toString(point));
  }

  private static String decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < bytes.length) {
      int length = sequenceLength(bytes, i);
      if (length == 0) {
        out.append((char) (0xDC00 + (bytes[i] & 0xff)));
        i++;
      } else {
        out.append(new String(bytes, i, length, StandardCharsets.UTF_8));
        i += length;
      }
    }
    return out.toString();
  }

  // How long the valid sequence at i is, 0 if there is none.
  private static int sequenceLength(byte[] bytes, int i) {
    int lead = bytes[i] & 0xff;
    int length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (length == 0 || i + length > bytes.length) {
      return 0;
    }
    boolean replaced =
        length > 1
            && new String(bytes, i, length, StandardCharsets.UTF_8).indexOf('\uFFFD') >= 0
            && !(lead == 0xEF && (bytes[i + 1] & 0xff) == 0xBF && (bytes[i + 2] & 0xff) == 0xBD);
    return replaced ? 0 : length;
  }

  /// A literal in double quotes; stray bytes come out as `\xNN`.
  public static String quote(String text) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean stray =
          Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
      if (stray) {
        out.append(inner(text.substring(from, i))).append("\\x%02x".formatted(c & 0xff));
        from = i + 1;
      }
    }
    return "\"" + out + inner(text.substring(from)) + "\"";
  }

  private static String inner(String text) {
    String quoted = io.trivigil.model.Names.quote(text);
    return quoted.substring(1, quoted.length() - 1);
  }
}
