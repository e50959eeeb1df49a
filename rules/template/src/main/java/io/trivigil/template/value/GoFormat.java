package io.trivigil.template.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Go's `fmt.Sprint`, `Sprintln` and `Sprintf`.
public final class GoFormat {
  /// Widths and precisions above this are refused, as in Go.
  static final int MAX_NUMBER = 1_000_000;

  /// What one call may produce at most, so that a width can not fill the memory.
  static final int MAX_OUTPUT = 8 << 20;

  private GoFormat() {}

  /// One value in its default form, `%v`.
  public static String sprint(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    GoPrinter.print(out, value, new Spec('v'));
    return out.toString();
  }

  /// All values in default form, with a blank between two neighbours that are both no strings.
  public static String sprint(List<? extends @Nullable Object> values) {
    StringBuilder out = new StringBuilder();
    boolean previousIsString = true;
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      boolean isString = value instanceof String;
      if (i > 0 && !isString && !previousIsString) {
        out.append(' ');
      }
      GoPrinter.print(out, value, new Spec('v'));
      previousIsString = isString;
    }
    return out.toString();
  }

  /// All values in default form, with blanks between and a newline after.
  public static String sprintln(List<? extends @Nullable Object> values) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        out.append(' ');
      }
      GoPrinter.print(out, values.get(i), new Spec('v'));
    }
    return out.append('\n').toString();
  }

  /// Formats by a pattern; mistakes appear in the text, for example `%!d(string=x)`.
  public static String sprintf(String format, List<? extends @Nullable Object> args) {
    return new Formatter(format, args).run();
  }

  /// Flags, width and precision of one verb; -1 means not given.
  static final class Spec {
    int verb;
    boolean minus;
    boolean plus;
    boolean plusV; // %+v: fields with their names, no signs
    boolean sharp;
    boolean space;
    boolean zero;
    int width = -1;
    int precision = -1;

    Spec(int verb) {
      this.verb = verb;
    }

    boolean goSyntax() {
      return sharp && verb == 'v';
    }
  }

  private static final class Formatter {
    private final String format;
    private final List<? extends @Nullable Object> args;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int next;
    private boolean reordered;

    Formatter(String format, List<? extends @Nullable Object> args) {
      this.format = format;
      this.args = args;
    }

    String run() {
      while (at < format.length()) {
        int percent = format.indexOf('%', at);
        if (percent < 0) {
          out.append(format, at, format.length());
          break;
        }
        out.append(format, at, percent);
        at = percent + 1;
        verb();
        if (out.length() > MAX_OUTPUT) {
          throw new GoError("printf: output exceeds " + MAX_OUTPUT + " characters");
        }
      }
      if (!reordered && next < args.size()) {
        extra();
      }
      return out.toString();
    }

    private void verb() {
      Spec spec = new Spec('v');
      flags(spec);
      boolean goodIndex = argumentIndex();
      if (take('*')) {
        Integer width = starred();
        if (width == null) {
          out.append("%!(BADWIDTH)");
        } else {
          spec.minus |= width < 0;
          spec.width = Math.abs(width);
        }
      } else {
        spec.width = number();
      }
      if (take('.')) {
        goodIndex &= argumentIndex();
        if (take('*')) {
          Integer precision = starred();
          if (precision == null || precision < 0) {
            spec.precision = -1;
            out.append("%!(BADPREC)");
          } else {
            spec.precision = precision;
          }
        } else {
          spec.precision = Math.max(number(), 0);
        }
      }
      goodIndex &= argumentIndex();
      if (at >= format.length()) {
        out.append("%!(NOVERB)");
        return;
      }
      spec.verb = format.codePointAt(at);
      at += Character.charCount(spec.verb);
      if (spec.verb == 'v') {
        spec.plusV = spec.plus;
        spec.plus = false;
      }
      if (spec.verb == '%') {
        out.append('%');
      } else if (!goodIndex) {
        out.append("%!").appendCodePoint(spec.verb).append("(BADINDEX)");
      } else if (next >= args.size()) {
        out.append("%!").appendCodePoint(spec.verb).append("(MISSING)");
      } else {
        GoPrinter.print(out, args.get(next++), spec);
      }
    }

    private void flags(Spec spec) {
      for (; at < format.length(); at++) {
        switch (format.charAt(at)) {
          case '-' -> spec.minus = true;
          case '+' -> spec.plus = true;
          case '#' -> spec.sharp = true;
          case ' ' -> spec.space = true;
          case '0' -> spec.zero = true;
          default -> {
            return;
          }
        }
      }
    }

    /// Reads an explicit `[n]`; false where it names no argument.
    private boolean argumentIndex() {
      if (at >= format.length() || format.charAt(at) != '[') {
        return true;
      }
      reordered = true;
      int close = format.indexOf(']', at);
      if (close < 0) {
        at++;
        return false;
      }
      at++;
      int index = number();
      boolean good = at == close && index >= 1 && index <= args.size();
      at = close + 1;
      if (good) {
        next = index - 1;
      }
      return good;
    }

    private boolean take(char c) {
      if (at < format.length() && format.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private int number() {
      int from = at;
      int value = 0;
      while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
        value = Math.min(value * 10 + format.charAt(at++) - '0', MAX_NUMBER);
      }
      return at == from ? -1 : value;
    }

    private @Nullable Integer starred() {
      Object value = next < args.size() ? args.get(next++) : null;
      Long number = GoValues.integer(value);
      return number == null || Math.abs(number) > MAX_NUMBER ? null : (Integer) number.intValue();
    }

    private void extra() {
      List<String> parts = new ArrayList<>();
      for (Object arg : args.subList(next, args.size())) {
        parts.add(arg == null ? "<nil>" : GoValues.typeOf(arg) + "=" + sprint(arg));
      }
      out.append("%!(EXTRA ").append(String.join(", ", parts)).append(')');
    }
  }
}
