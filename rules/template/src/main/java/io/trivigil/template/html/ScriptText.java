package io.trivigil.template.html;

import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoObject;
import io.trivigil.template.value.GoValues;
import io.trivigil.template.value.Safe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// JavaScript: a value in code becomes a literal, a value in a string becomes part of it.
final class ScriptText implements Language {
  private enum State {
    CODE,
    DOUBLE,
    SINGLE,
    TEMPLATE,
    REGEX,
    LINE_COMMENT,
    BLOCK_COMMENT
  }

  private static final int MAX_DEPTH = 32;

  private State state = State.CODE;
  // Whether a slash would begin a regular expression here rather than divide.
  private boolean regexMayStart = true;
  private boolean regexClass;
  // Depths of braces of the `${` that are open.
  private final Deque<Integer> braces = new ArrayDeque<>();
  private int depth;
  private final StringBuilder word = new StringBuilder();

  @Override
  public void read(String text) {
    int i = 0;
    while (i < text.length()) {
      i =
          switch (state) {
            case CODE -> code(text, i);
            case DOUBLE -> string(text, i, '"');
            case SINGLE -> string(text, i, '\'');
            case TEMPLATE -> template(text, i);
            case REGEX -> regex(text, i);
            case LINE_COMMENT -> {
              char c = text.charAt(i);
              if (c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029') {
                state = State.CODE;
              }
              yield i + 1;
            }
            case BLOCK_COMMENT -> {
              int end = text.indexOf("*/", i);
              if (end >= 0) {
                state = State.CODE;
              }
              yield end < 0 ? text.length() : end + 2;
            }
          };
    }
  }

  private int code(String text, int i) {
    char c = text.charAt(i);
    if (Character.isJavaIdentifierPart(c)) {
      word.append(c);
      regexMayStart = false;
      return i + 1;
    }
    if (c == '/') {
      if (text.startsWith("//", i) || text.startsWith("/*", i)) {
        state = text.charAt(i + 1) == '/' ? State.LINE_COMMENT : State.BLOCK_COMMENT;
        return i + 2;
      }
      if (regexMayStart || isKeyword(word.toString())) {
        state = State.REGEX;
        regexClass = false;
      } else {
        regexMayStart = true;
      }
      word.setLength(0);
      return i + 1;
    }
    if (Character.isWhitespace(c)) {
      return i + 1;
    }
    word.setLength(0);
    switch (c) {
      case '"' -> state = State.DOUBLE;
      case '\'' -> state = State.SINGLE;
      case '`' -> state = State.TEMPLATE;
      case '{' -> depth++;
      case '}' -> {
        depth--;
        if (!braces.isEmpty() && braces.peek() == depth) {
          braces.pop();
          state = State.TEMPLATE;
        }
      }
      default -> {}
    }
    regexMayStart = c != ')' && c != ']' && c != '}' && c != '.';
    return i + 1;
  }

  private static boolean isKeyword(String word) {
    return switch (word) {
      case "break",
          "case",
          "continue",
          "delete",
          "do",
          "else",
          "finally",
          "in",
          "instanceof",
          "return",
          "throw",
          "try",
          "typeof",
          "void" ->
          true;
      default -> false;
    };
  }

  private int string(String text, int i, char quote) {
    char c = text.charAt(i);
    if (c == quote) {
      state = State.CODE;
      regexMayStart = false;
    }
    return c == '\\' ? i + 2 : i + 1;
  }

  private int template(String text, int i) {
    if (text.startsWith("${", i)) {
      braces.push(depth);
      depth++;
      state = State.CODE;
      regexMayStart = true;
      return i + 2;
    }
    return string(text, i, '`');
  }

  private int regex(String text, int i) {
    char c = text.charAt(i);
    switch (c) {
      case '\\' -> {
        return i + 2;
      }
      case '[' -> regexClass = true;
      case ']' -> regexClass = false;
      case '/' -> {
        if (!regexClass) {
          state = State.CODE;
          regexMayStart = false;
        }
      }
      default -> {}
    }
    return i + 1;
  }

  @Override
  public String write(@Nullable Object value, String printed) {
    return switch (state) {
      case CODE -> {
        regexMayStart = false;
        word.setLength(0);
        if (value instanceof Safe(Safe.Kind kind, String text) && kind == Safe.Kind.JS) {
          yield text;
        }
        StringBuilder out = new StringBuilder();
        json(out, value, 0);
        // Blanks keep numbers and words apart from their neighbours.
        yield out.charAt(0) == '"' || out.charAt(0) == '[' || out.charAt(0) == '{'
            ? out.toString()
            : " " + out + " ";
      }
      case DOUBLE, SINGLE, TEMPLATE -> escape(printed, state == State.TEMPLATE ? "${}" : "");
      case REGEX -> printed.isEmpty() ? "(?:)" : escape(printed, "$()*-.?[]^{|}");
      case LINE_COMMENT, BLOCK_COMMENT -> "";
    };
  }

  private static void json(StringBuilder out, @Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new GoError("value is nested too deep for a script");
    }
    List<? extends @Nullable Object> elements = GoValues.elements(value);
    GoMap map = GoValues.map(value);
    if (elements != null) {
      out.append('[');
      for (int i = 0; i < elements.size(); i++) {
        out.append(i > 0 ? "," : "");
        json(out, elements.get(i), depth + 1);
      }
      out.append(']');
    } else if (map != null) {
      out.append('{');
      map.entries()
          .forEach(
              (key, entry) -> {
                out.append(out.charAt(out.length() - 1) == '{' ? "" : ",");
                quote(out, key);
                out.append(':');
                json(out, entry, depth + 1);
              });
      out.append('}');
    } else {
      scalar(out, value);
    }
  }

  private static void scalar(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Boolean truth -> out.append(truth);
      case Long number -> out.append(number.longValue());
      case Integer number -> out.append(number.intValue());
      case Double number -> {
        if (!Double.isFinite(number)) {
          throw new GoError("json: unsupported value: " + GoFormat.sprint(number));
        }
        out.append(GoFormat.sprint(number));
      }
      case GoObject object -> quote(out, GoFormat.sprint(object));
      default -> quote(out, GoFormat.sprint(value));
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || "\"<>&'\u2028\u2029".indexOf(c) >= 0) {
            unicode(out, c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static String escape(String text, String more) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '/' -> out.append("\\/");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ' || "\"'`&+<>\u2028\u2029".indexOf(c) >= 0) {
            unicode(out, c);
          } else if (more.indexOf(c) >= 0) {
            out.append('\\').append(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static void unicode(StringBuilder out, char c) {
    out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
  }
}
