package io.trivigil.scraper.exposition;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Parses a series as a target writes it: `name{a="b"}`, `{"utf8.name", "l.x"="y"}`.
public final class SeriesText {
  private final byte[] bytes;
  private final int end;
  private int at;

  private SeriesText(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /// Reads the labels, the metric's name among them.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  public static Labels.Builder parse(byte[] bytes, int from, int to) {
    return new SeriesText(bytes, from, to).series();
  }

  /// Reads labels alone, with the braces around them.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  public static Labels parseLabels(byte[] bytes, int from, int to) {
    Labels.Builder labels = new Labels.Builder();
    new SeriesText(bytes, from + 1, to).braces(labels);
    return labels.build();
  }

  /// `le` and `quantile` in the one form that OpenMetrics has: `1` becomes `1.0`. Other texts stay.
  public static void normalizeBounds(Labels.Builder labels, MetricType type) {
    String name =
        switch (type) {
          case HISTOGRAM, GAUGEHISTOGRAM -> "le";
          case SUMMARY -> "quantile";
          case UNKNOWN, COUNTER, GAUGE, INFO, STATESET -> "";
        };
    if (name.isEmpty() || !labels.has(name)) {
      return;
    }
    try {
      double bound = Numbers.parseFloat(labels.get(name));
      String text = FloatFormat.general(bound);
      boolean whole = Double.isFinite(bound) && text.indexOf('.') < 0 && text.indexOf('e') < 0;
      labels.set(name, whole ? text + ".0" : text);
    } catch (NumberFormatException e) {
      return; // no number: it is what the target says it is
    }
  }

  private Labels.Builder series() {
    Labels.Builder labels = new Labels.Builder();
    int start = at;
    while (at < end && bytes[at] != '{' && !isBlank(bytes[at])) {
      at++;
    }
    if (at > start) {
      String name = new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
      if (!Names.isClassicMetricName(name)) {
        throw new IllegalArgumentException("invalid metric name " + Names.quote(name));
      }
      labels.set(Labels.NAME, name);
    }
    skipBlanks();
    if (at < end && bytes[at] == '{') {
      at++;
      braces(labels);
    }
    if (!labels.has(Labels.NAME)) {
      throw new IllegalArgumentException("metric name not set while parsing");
    }
    return labels;
  }

  private void braces(Labels.Builder labels) {
    while (true) {
      skipBlanks();
      if (peek() == '}') {
        at++;
        return;
      }
      boolean quoted = peek() == '"';
      String name = quoted ? quoted() : word();
      skipBlanks();
      if (peek() == '=') {
        at++;
        skipBlanks();
        if (peek() != '"') {
          throw unexpected("a quoted label value");
        }
        labels.addUnique(name, quoted());
      } else if (quoted && !labels.has(Labels.NAME)) {
        labels.set(Labels.NAME, name);
      } else {
        throw unexpected("\"=\" after a label name");
      }
      skipBlanks();
      if (peek() == ',') {
        at++;
      } else if (peek() != '}') {
        throw unexpected("\",\" or \"}\"");
      }
    }
  }

  private String word() {
    int start = at;
    while (at < end && (Character.isLetterOrDigit(bytes[at]) || bytes[at] == '_')) {
      at++;
    }
    String name = new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
    if (!Names.isClassicLabelName(name)) {
      throw unexpected("a label name");
    }
    return name;
  }

  private String quoted() {
    int start = ++at;
    boolean escaped = false;
    while (at < end && bytes[at] != '"') {
      if (bytes[at] == '\\') {
        escaped = true;
        at++;
      }
      at++;
    }
    if (at >= end) {
      throw new IllegalArgumentException("unexpected end of line in a quoted string");
    }
    String text = decode(bytes, start, at++);
    return escaped ? unescape(text, true) : text;
  }

  /// Undoes `\\`, `\n` and, in quoted strings, `\"`; other escapes stay as they are.
  static String unescape(String text, boolean quotes) {
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
      i += next == 'n' || next == '\\' || next == '"' ? 2 : 1;
      switch (next) {
        case 'n' -> out.append('\n');
        case '\\' -> out.append('\\');
        case '"' -> out.append(quotes ? "\"" : "\\\"");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  static String decode(byte[] bytes, int from, int to) {
    boolean ascii = true;
    for (int i = from; i < to && ascii; i++) {
      ascii = bytes[i] >= 0;
    }
    if (ascii) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("invalid UTF-8 label value", e);
    }
  }

  private int peek() {
    if (at >= end) {
      throw new IllegalArgumentException("unexpected end of the label set");
    }
    return bytes[at];
  }

  private IllegalArgumentException unexpected(String wanted) {
    String found = at < end ? Names.quote(String.valueOf((char) (bytes[at] & 0xFF))) : "the end";
    return new IllegalArgumentException("expected %s, got %s".formatted(wanted, found));
  }

  private void skipBlanks() {
    while (at < end && isBlank(bytes[at])) {
      at++;
    }
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
