package io.trivigil.alertmanager.notify;

import io.trivigil.model.Utf8Order;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Writes JSON as Go's `encoding/json` does, byte for byte: no blanks, `<`, `>`, `&` and U+2028/9
/// escaped, map keys sorted. Not thread-safe.
final class GoJson {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final StringBuilder out = new StringBuilder(1024);
  private boolean first = true;

  GoJson open(char bracket) {
    out.append(bracket);
    first = true;
    return this;
  }

  GoJson close(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  /// A comma where one is wanted: before an element of a list.
  GoJson next() {
    if (!first) {
      out.append(',');
    }
    first = false;
    return this;
  }

  GoJson key(String name) {
    next().quoted(name);
    out.append(':');
    first = true;
    return this;
  }

  GoJson field(String name, String value) {
    key(name).quoted(value);
    first = false;
    return this;
  }

  GoJson field(String name, long value) {
    key(name);
    out.append(value);
    first = false;
    return this;
  }

  GoJson field(String name, Map<String, String> map) {
    key(name).open('{');
    Map<String, String> sorted = new TreeMap<>(Utf8Order::compare);
    sorted.putAll(map);
    sorted.forEach(this::field);
    return close('}');
  }

  GoJson quoted(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> escape(c);
        default -> {
          if (c < 0x20) {
            escape(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
    return this;
  }

  private void escape(char c) {
    String digits = Integer.toHexString(c);
    out.append("\\u").append("0".repeat(4 - digits.length())).append(digits);
  }

  /// RFC 3339 with the fraction's zeros trimmed; 0 is Go's zero time.
  static String time(long atMs) {
    if (atMs == 0) {
      return "0001-01-01T00:00:00Z";
    }
    String text = SECONDS.format(Instant.ofEpochMilli(atMs));
    int millis = (int) Math.floorMod(atMs, 1000L);
    if (millis != 0) {
      String fraction = Integer.toString(1000 + millis).substring(1);
      int end = fraction.length();
      while (fraction.charAt(end - 1) == '0') {
        end--;
      }
      text += "." + fraction.substring(0, end);
    }
    return text + "Z";
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
