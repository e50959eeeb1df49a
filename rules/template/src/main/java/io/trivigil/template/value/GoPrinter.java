package io.trivigil.template.value;

import io.trivigil.template.value.GoFormat.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Prints one value under one verb, as Go's `fmt` does.
final class GoPrinter {
  /// Deeper values are cut off: a Go program would overflow its stack.
  private static final int MAX_DEPTH = 64;

  private GoPrinter() {}

  static void print(StringBuilder out, @Nullable Object value, Spec spec) {
    print(out, value, spec, 0);
  }

  private static void print(StringBuilder out, @Nullable Object value, Spec spec, int depth) {
    if (depth > MAX_DEPTH) {
      out.append("...");
      return;
    }
    if (value == null) {
      if (spec.verb == 'v' || spec.verb == 'T') {
        pad(out, "<nil>", spec, false);
      } else {
        badVerb(out, null, spec);
      }
      return;
    }
    if (spec.verb == 'T') {
      text(out, GoValues.typeOf(value), with(spec, 's'), value);
      return;
    }
    switch (value) {
      case Boolean truth -> {
        if (spec.verb == 'v' || spec.verb == 't') {
          pad(out, truth.toString(), spec, false);
        } else {
          badVerb(out, value, spec);
        }
      }
      case Long number -> integer(out, number, spec, value);
      case Integer number -> integer(out, number, spec, value);
      case Double number -> decimal(out, number, spec);
      case String string -> text(out, string, spec, value);
      case Safe safe -> text(out, safe.text(), spec, value);
      case GoObject object -> object(out, object, spec, depth);
      case List<? extends @Nullable Object> list -> list(out, list, spec, depth);
      case Map<?, ?> map -> map(out, map, spec, depth);
      default -> {
        // Functions and the like: Go prints an address, which nobody can use.
        if (spec.verb == 'v') {
          out.append(GoValues.typeOf(value));
        } else {
          badVerb(out, value, spec);
        }
      }
    }
  }

  private static void object(StringBuilder out, GoObject object, Spec spec, int depth) {
    boolean textual = "vsxXq".indexOf(spec.verb) >= 0 && !spec.goSyntax();
    String text = textual ? object.text() : null;
    if (text != null) {
      text(out, text, spec, object);
      return;
    }
    switch (object) {
      case GoInt number -> integer(out, number.value(), spec, object);
      case GoMap map -> map(out, map.entries(), spec, depth);
      case GoSlice slice -> list(out, slice.elements(), spec, depth);
      default -> struct(out, object, spec, depth);
    }
  }

  private static void list(
      StringBuilder out, List<? extends @Nullable Object> list, Spec spec, int depth) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.append(' ');
      }
      print(out, list.get(i), spec, depth + 1);
    }
    out.append(']');
  }

  private static void map(StringBuilder out, Object map, Spec spec, int depth) {
    out.append("map[");
    SortedMap<String, @Nullable Object> entries = GoValues.entries(map);
    boolean first = true;
    if (entries != null) {
      for (Map.Entry<String, @Nullable Object> entry : entries.entrySet()) {
        if (!first) {
          out.append(' ');
        }
        first = false;
        print(out, entry.getKey(), spec, depth + 1);
        out.append(':');
        print(out, entry.getValue(), spec, depth + 1);
      }
    }
    out.append(']');
  }

  private static void struct(StringBuilder out, GoObject object, Spec spec, int depth) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, @Nullable Object> field : object.fields().entrySet()) {
      if (!first) {
        out.append(' ');
      }
      first = false;
      if (spec.verb == 'v' && (spec.plusV || spec.sharp)) {
        out.append(field.getKey()).append(':');
      }
      print(out, field.getValue(), spec, depth + 1);
    }
    out.append('}');
  }

  private static void integer(StringBuilder out, long value, Spec spec, Object original) {
    switch (spec.verb) {
      case 'v', 'd' -> radix(out, value, 10, "", spec);
      case 'b' -> radix(out, value, 2, spec.sharp ? "0b" : "", spec);
      case 'o' -> radix(out, value, 8, spec.sharp ? "0" : "", spec);
      case 'O' -> radix(out, value, 8, "0o", spec);
      case 'x' -> radix(out, value, 16, spec.sharp ? "0x" : "", spec);
      case 'X' -> radix(out, value, 16, spec.sharp ? "0X" : "", spec);
      case 'c' -> pad(out, Character.toString(codePoint(value)), spec, false);
      case 'q' -> {
        StringBuilder quoted = new StringBuilder("'");
        GoStrings.quoteChar(quoted, codePoint(value), '\'', spec.plus);
        pad(out, quoted.append('\'').toString(), spec, false);
      }
      case 'U' -> {
        String text = String.format(Locale.ROOT, "U+%04X", value);
        pad(
            out,
            spec.sharp ? text + " '" + Character.toString(codePoint(value)) + "'" : text,
            spec,
            false);
      }
      default -> badVerb(out, original, spec);
    }
  }

  private static int codePoint(long value) {
    return value >= 0 && value <= Character.MAX_CODE_POINT ? (int) value : 0xfffd;
  }

  private static void radix(StringBuilder out, long value, int radix, String prefix, Spec spec) {
    String digits =
        value < 0 ? Long.toString(value, radix).substring(1) : Long.toString(value, radix);
    if (spec.verb == 'X') {
      digits = digits.toUpperCase(Locale.ROOT);
    }
    if (spec.precision == 0 && value == 0) {
      digits = "";
    } else if (spec.precision > digits.length()) {
      digits = "0".repeat(spec.precision - digits.length()) + digits;
    }
    String sign = value < 0 ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    number(out, sign + prefix, digits, spec, spec.precision < 0);
  }

  private static void decimal(StringBuilder out, double value, Spec spec) {
    char verb =
        switch (spec.verb) {
          case 'v' -> 'g';
          case 'e', 'E', 'f', 'F', 'g', 'G' -> (char) spec.verb;
          default -> 0;
        };
    if (verb == 0) {
      badVerb(out, value, spec);
      return;
    }
    int standard = verb == 'g' || verb == 'G' ? -1 : 6;
    String text = GoFloat.format(value, verb, spec.precision >= 0 ? spec.precision : standard);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = text.startsWith("-") ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    if (value == Double.POSITIVE_INFINITY && !spec.space) {
      sign = "+"; // Go keeps the sign of +Inf unless a blank is asked for.
    }
    number(out, sign, signed ? text.substring(1) : text, spec, Double.isFinite(value));
  }

  private static void number(
      StringBuilder out, String sign, String digits, Spec spec, boolean zeroPads) {
    if (spec.zero && zeroPads && !spec.minus) {
      int missing = spec.width - sign.length() - digits.length();
      out.append(sign).append("0".repeat(Math.max(missing, 0))).append(digits);
    } else {
      pad(out, sign + digits, spec, false);
    }
  }

  private static void text(StringBuilder out, String text, Spec spec, Object original) {
    String cut = text;
    if (spec.precision >= 0
        && (spec.verb == 'v' || spec.verb == 's' || spec.verb == 'q')
        && text.codePointCount(0, text.length()) > spec.precision) {
      cut = text.substring(0, text.offsetByCodePoints(0, spec.precision));
    }
    switch (spec.verb) {
      case 'v' -> pad(out, spec.goSyntax() ? GoStrings.quote(cut) : cut, spec, true);
      case 's' -> pad(out, cut, spec, true);
      case 'q' ->
          pad(
              out,
              spec.sharp && cut.indexOf('`') < 0 ? "`" + cut + "`" : quoted(cut, spec),
              spec,
              true);
      case 'x', 'X' -> pad(out, hex(text, spec), spec, true);
      default -> badVerb(out, original, spec);
    }
  }

  private static String quoted(String text, Spec spec) {
    if (!spec.plus) {
      return GoStrings.quote(text);
    }
    StringBuilder out = new StringBuilder("\"");
    text.codePoints().forEach(c -> GoStrings.quoteChar(out, c, '"', true));
    return out.append('"').toString();
  }

  private static String hex(String text, Spec spec) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = spec.precision >= 0 ? Math.min(spec.precision, bytes.length) : bytes.length;
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      if (spec.space && i > 0) {
        out.append(' ');
      }
      if (spec.sharp && (i == 0 || spec.space)) {
        out.append('0').append((char) spec.verb);
      }
      out.append(String.format(Locale.ROOT, spec.verb == 'x' ? "%02x" : "%02X", bytes[i] & 0xff));
    }
    return out.toString();
  }

  private static void badVerb(StringBuilder out, @Nullable Object value, Spec spec) {
    out.append("%!").appendCodePoint(spec.verb).append('(');
    if (value == null) {
      out.append("<nil>");
    } else {
      out.append(GoValues.typeOf(value)).append('=');
      print(out, value, new Spec('v'));
    }
    out.append(')');
  }

  private static Spec with(Spec spec, int verb) {
    Spec copy = new Spec(verb);
    copy.minus = spec.minus;
    copy.width = spec.width;
    copy.precision = spec.precision;
    return copy;
  }

  /// Pads to the width, counted in characters. Go pads texts with zeros too if asked to.
  private static void pad(StringBuilder out, String text, Spec spec, boolean zeroAllowed) {
    int missing = spec.width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      out.append(text);
    } else if (spec.minus) {
      out.append(text).append(" ".repeat(missing));
    } else {
      out.append((spec.zero && zeroAllowed ? "0" : " ").repeat(missing)).append(text);
    }
  }
}
