package io.trivigil.alertmanager.match;

import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import java.util.ArrayList;
import java.util.List;

/// The older parser: classic label names, values with or without quotes and with the escapes of
/// OpenMetrics; a value may be empty.
final class ClassicMatcherParser {
  private ClassicMatcherParser() {}

  static List<Matcher> parse(String input) {
    String text = input.startsWith("{") ? input.substring(1) : input;
    text = text.endsWith("}") ? text.substring(0, text.length() - 1) : text;
    List<Matcher> matchers = new ArrayList<>();
    boolean quoted = false;
    boolean escaped = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        matchers.add(one(text.substring(from, i)));
        from = i + 1;
      }
    }
    if (!text.substring(from).isBlank()) {
      matchers.add(one(text.substring(from)));
    }
    return matchers;
  }

  static Matcher one(String input) {
    String text = input.strip();
    int name = 0;
    while (name < text.length() && isNameChar(text.charAt(name), name)) {
      name++;
    }
    int at = name;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (name > 0) {
      for (Matcher.Op op :
          List.of(
              Matcher.Op.MATCHES,
              Matcher.Op.EQUALS,
              Matcher.Op.NOT_EQUALS,
              Matcher.Op.NOT_MATCHES)) {
        if (text.startsWith(op.text(), at)) {
          String raw = text.substring(at + op.text().length()).strip();
          return Matchers.of(text.substring(0, name), op, value(raw));
        }
      }
    }
    throw new IllegalArgumentException("bad matcher format: " + input);
  }

  private static boolean isNameChar(char c, int at) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == ':'
        || (c >= '0' && c <= '9' && at > 0);
  }

  private static String value(String written) {
    boolean wantsQuote = written.startsWith("\"");
    String raw = wantsQuote ? written.substring(1) : written;
    if (!Names.isValidUtf8(raw)) {
      throw new IllegalArgumentException("matcher value not valid UTF-8: " + Names.quote(raw));
    }
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      boolean last = i == raw.length() - 1;
      if (c == '\\' && !last) {
        char next = raw.charAt(++i);
        switch (next) {
          case 'n' -> value.append('\n');
          case '"', '\\' -> value.append(next);
          default -> value.append('\\').append(next); // no escape of ours: the backslash stands
        }
      } else if (c == '"') {
        if (!wantsQuote || !last) {
          throw unescaped(raw);
        }
        wantsQuote = false;
      } else {
        value.append(c);
      }
    }
    if (wantsQuote) {
      throw unescaped(raw);
    }
    return value.toString();
  }

  private static IllegalArgumentException unescaped(String raw) {
    return new IllegalArgumentException("matcher value contains unescaped double quote: " + raw);
  }
}
