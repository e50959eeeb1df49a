package io.trivigil.scraper.exposition;

import io.trivigil.model.Names;

/// Parses a whole body, line by line. Belongs to one call.
///
/// The series of a line is only delimited here, not parsed: most lines of a body are known from the
/// scrape before. OpenMetrics is held to its `# EOF`; only it has exemplars.
public final class ExpositionParser {
  private final byte[] body;
  private final boolean openMetrics;
  private final ExpositionSink sink;
  private int at;
  private int lineStart;

  private ExpositionParser(byte[] body, ExpositionFormat format, ExpositionSink sink) {
    this.body = body;
    this.openMetrics = format == ExpositionFormat.OPEN_METRICS;
    this.sink = sink;
  }

  /// Hands everything in `body` to `sink`.
  ///
  /// @throws ExpositionException at the first line that is wrong; what stood before was handed over
  public static void parse(byte[] body, ExpositionFormat format, ExpositionSink sink)
      throws ExpositionException {
    new ExpositionParser(body, format, sink).lines();
  }

  private void lines() throws ExpositionException {
    try {
      boolean ended = false;
      while (at < body.length) {
        lineStart = at;
        int end = lineEnd(at);
        if (ended) {
          throw new IllegalArgumentException("unexpected data after # EOF");
        }
        ended = line(end);
        at = end + 1;
      }
      if (openMetrics && !ended) {
        throw new IllegalArgumentException("data does not end with # EOF");
      }
    } catch (IllegalArgumentException e) {
      throw new ExpositionException(lineNumber(), String.valueOf(e.getMessage()));
    }
  }

  /// One line; whether it was the `# EOF` of OpenMetrics.
  private boolean line(int end) {
    if (!openMetrics) {
      skipBlanks(end);
    }
    if (at == end) {
      if (openMetrics) {
        throw new IllegalArgumentException("blank line");
      }
      return false;
    }
    if (body[at] == '#') {
      return comment(end);
    }
    sample(end);
    return false;
  }

  private void sample(int end) {
    int from = at;
    int to = seriesEnd(end);
    at = to;
    skipBlanks(end);
    int valueFrom = at;
    skipWord(end);
    if (at == valueFrom) {
      throw new IllegalArgumentException("expected value after metric");
    }
    double value = Numbers.parseFloat(body, valueFrom, at);
    skipBlanks(end);
    long timestampMs = ExpositionSink.NO_TIMESTAMP;
    if (at < end && body[at] != '#') {
      int timestampFrom = at;
      skipWord(end);
      timestampMs = timestamp(timestampFrom, at);
      skipBlanks(end);
    }
    Exemplar exemplar = at < end && openMetrics && body[at] == '#' ? exemplar(end) : Exemplar.NONE;
    if (at < end) {
      throw new IllegalArgumentException("expected end of line, got " + Names.quote(text(at, end)));
    }
    sink.sample(body, from, to, value, timestampMs);
    if (exemplar.to > 0) {
      sink.exemplar(body, exemplar.from, exemplar.to, exemplar.value, exemplar.timestampMs);
    }
  }

  private record Exemplar(int from, int to, double value, long timestampMs) {
    private static final Exemplar NONE = new Exemplar(0, 0, 0, 0);
  }

  /// The end of the series: of the name, or of the brace that closes outside of quotes.
  private int seriesEnd(int end) {
    int i = at;
    while (i < end && body[i] != '{' && !SeriesText.isBlank(body[i])) {
      i++;
    }
    int nameEnd = i;
    while (i < end && SeriesText.isBlank(body[i])) {
      i++;
    }
    if (i == end || body[i] != '{') {
      return nameEnd;
    }
    return closingBrace(i, end) + 1;
  }

  private int closingBrace(int open, int end) {
    boolean quoted = false;
    int i = open + 1;
    while (i < end) {
      byte c = body[i];
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '}' && !quoted) {
        return i;
      }
      i += quoted && c == '\\' ? 2 : 1;
    }
    throw new IllegalArgumentException("unexpected end of line in the label set");
  }

  private long timestamp(int from, int to) {
    if (!openMetrics) {
      try {
        return Numbers.parseLong(body, from, to);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("invalid timestamp " + Names.quote(text(from, to)), e);
      }
    }
    double seconds = Numbers.parseFloat(body, from, to);
    if (!Double.isFinite(seconds)) {
      throw new IllegalArgumentException("invalid timestamp " + text(from, to));
    }
    return (long) (seconds * 1000);
  }

  private Exemplar exemplar(int end) {
    at++;
    skipBlanks(end);
    if (at == end || body[at] != '{') {
      throw new IllegalArgumentException("expected the labels of an exemplar");
    }
    int from = at;
    at = closingBrace(at, end) + 1;
    int to = at;
    skipBlanks(end);
    int valueFrom = at;
    skipWord(end);
    double value = Numbers.parseFloat(body, valueFrom, at);
    skipBlanks(end);
    long timestampMs = ExpositionSink.NO_TIMESTAMP;
    if (at < end) {
      int timestampFrom = at;
      skipWord(end);
      timestampMs = timestamp(timestampFrom, at);
      skipBlanks(end);
    }
    return new Exemplar(from, to, value, timestampMs);
  }

  private boolean comment(int end) {
    int hash = at++;
    if (openMetrics && text(hash, end).equals("# EOF")) {
      return true;
    }
    skipBlanks(end);
    int wordFrom = at;
    skipWord(end);
    String keyword = text(wordFrom, at);
    boolean known =
        keyword.equals("HELP") || keyword.equals("TYPE") || (openMetrics && keyword.equals("UNIT"));
    if (!known) {
      if (openMetrics) {
        throw new IllegalArgumentException(
            "expected HELP, TYPE, UNIT or EOF, got " + Names.quote(keyword));
      }
      return false;
    }
    skipBlanks(end);
    String family = familyName(end);
    if (at < end) {
      at++; // one blank ends the name; the text may begin with more of them
    }
    String rest = SeriesText.decode(body, at, end);
    describe(keyword, family, rest);
    return false;
  }

  private String familyName(int end) {
    int from = at;
    if (at < end && body[at] == '"') {
      at++;
      while (at < end && body[at] != '"') {
        at += body[at] == '\\' ? 2 : 1;
      }
      if (at >= end) {
        throw new IllegalArgumentException("unexpected end of line in a metric name");
      }
      at++;
      return SeriesText.unescape(SeriesText.decode(body, from + 1, at - 1), true);
    }
    skipWord(end);
    String family = text(from, at);
    if (!Names.isClassicMetricName(family)) {
      throw new IllegalArgumentException(
          "expected metric name after comment, got " + Names.quote(family));
    }
    return family;
  }

  private void describe(String keyword, String family, String rest) {
    switch (keyword) {
      case "HELP" ->
          sink.help(family, rest.indexOf('\\') < 0 ? rest : SeriesText.unescape(rest, openMetrics));
      case "UNIT" -> {
        if (!rest.isEmpty() && !family.endsWith("_" + rest)) {
          throw new IllegalArgumentException(
              "unit %s is not a suffix of metric %s"
                  .formatted(Names.quote(rest), Names.quote(family)));
        }
        sink.unit(family, rest);
      }
      default ->
          sink.type(
              family,
              MetricType.parse(rest.strip())
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "invalid metric type " + Names.quote(rest.strip()))));
    }
  }

  private int lineEnd(int from) {
    int i = from;
    while (i < body.length && body[i] != '\n') {
      i++;
    }
    return i;
  }

  private void skipBlanks(int end) {
    while (at < end && SeriesText.isBlank(body[at])) {
      at++;
    }
  }

  private void skipWord(int end) {
    while (at < end && !SeriesText.isBlank(body[at])) {
      at++;
    }
  }

  private String text(int from, int to) {
    return new String(body, from, Math.max(0, to - from), java.nio.charset.StandardCharsets.UTF_8);
  }

  private int lineNumber() {
    int line = 1;
    for (int i = 0; i < Math.min(lineStart, body.length); i++) {
      line += body[i] == '\n' ? 1 : 0;
    }
    return line;
  }
}
