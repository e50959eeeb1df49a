package io.trivigil.promql.script;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Staleness;
import io.trivigil.promql.eval.HistogramOps;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.text.GoNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The notation of series in test scripts and rule unit tests: `up{job="a"} 1 2+3x4 _ stale`.
///
/// @param labels the metric, its name as an ordinary label
/// @param values one per step
public record SeriesNotation(Labels labels, List<Item> values) {

  /// One step.
  ///
  /// @param omitted no sample
  /// @param value the float, meaningless beside a histogram
  /// @param hinted whether the histogram's reset hint was spelt out
  public record Item(
      boolean omitted, double value, Optional<FloatHistogram> histogram, boolean hinted) {
    static final Item OMITTED = new Item(true, 0, Optional.empty(), false);

    static Item of(double value) {
      return new Item(false, value, Optional.empty(), false);
    }
  }

  public SeriesNotation {
    values = List.copyOf(values);
  }

  /// Parses a metric and its values.
  ///
  /// @throws IllegalArgumentException if the line is no series
  public static SeriesNotation parse(String line) {
    int end = metricEnd(line);
    return new SeriesNotation(metric(line.substring(0, end)), values(line.substring(end)));
  }

  /// The index behind the metric.
  static int metricEnd(String line) {
    int i = 0;
    while (i < line.length() && line.charAt(i) != '{' && !Character.isWhitespace(line.charAt(i))) {
      i++;
    }
    int brace = i;
    while (brace < line.length() && Character.isWhitespace(line.charAt(brace))) {
      brace++;
    }
    if ((i > 0 && brace > i) || brace == line.length() || line.startsWith("{{", brace)) {
      return i;
    }
    char quote = 0;
    for (int k = brace; k < line.length(); k++) {
      char c = line.charAt(k);
      if (quote != 0) {
        if (c == '\\' && quote != '`') {
          k++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'' || c == '`') {
        quote = c;
      } else if (c == '}') {
        return k + 1;
      }
    }
    throw new IllegalArgumentException("unclosed brace in series: " + line);
  }

  /// Parses a metric: a selector with nothing but `=`.
  public static Labels metric(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.equals("{}")) {
      return Labels.EMPTY;
    }
    Labels.Builder labels = new Labels.Builder();
    for (Matcher matcher : matchers(trimmed)) {
      if (matcher.op() != Matcher.Op.EQUALS) {
        throw new IllegalArgumentException("only = names a series: " + text);
      }
      labels.set(matcher.name(), matcher.value());
    }
    return labels.build();
  }

  private static List<Matcher> matchers(String text) {
    try {
      return Parser.parseMatchers(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no series: " + text + ": " + e.getMessage(), e);
    }
  }

  /// Parses values separated by blanks.
  public static List<Item> values(String text) {
    List<Item> items = new ArrayList<>();
    for (String token : tokens(text)) {
      expand(token, items);
    }
    return items;
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int depth = 0;
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) && depth == 0) {
        if (!token.isEmpty()) {
          tokens.add(token.toString());
          token.setLength(0);
        }
        continue;
      }
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      token.append(c);
    }
    if (!token.isEmpty()) {
      tokens.add(token.toString());
    }
    return tokens;
  }

  private static void expand(String token, List<Item> items) {
    if (token.startsWith("{{")) {
      expandHistogram(token, items);
      return;
    }
    if (token.equals("stale")) {
      items.add(Item.of(Staleness.marker()));
      return;
    }
    int times = token.indexOf('x');
    if (token.startsWith("_")) {
      int count = times < 0 ? 1 : count(token.substring(times + 1), token);
      if (times < 0 ? token.length() > 1 : times != 1) {
        throw bad(token);
      }
      for (int i = 0; i < count; i++) {
        items.add(Item.OMITTED);
      }
      return;
    }
    if (times < 0) {
      items.add(Item.of(number(token, token)));
      return;
    }
    int count = count(token.substring(times + 1), token);
    String series = token.substring(0, times);
    int sign = stepSign(series);
    double value = number(sign < 0 ? series : series.substring(0, sign), token);
    double step = sign < 0 ? 0 : number(series.substring(sign), token);
    for (int i = 0; i <= count; i++) {
      items.add(Item.of(value));
      value += step;
    }
  }

  // Where the step of `a+b` begins; -1 if there is none. A sign behind an exponent is none.
  private static int stepSign(String series) {
    for (int i = series.length() - 1; i > 0; i--) {
      char c = series.charAt(i);
      char before = series.charAt(i - 1);
      if ((c == '+' || c == '-') && before != 'e' && before != 'E') {
        return i;
      }
    }
    return -1;
  }

  private static double number(String text, String token) {
    try {
      return GoNumbers.parseSigned(text);
    } catch (NumberFormatException e) {
      throw bad(token);
    }
  }

  private static int count(String text, String token) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw bad(token);
    }
  }

  private static IllegalArgumentException bad(String token) {
    return new IllegalArgumentException("bad series value: " + token);
  }

  private static void expandHistogram(String token, List<Item> items) {
    int end = token.indexOf("}}") + 2;
    HistogramNotation first = HistogramNotation.parse(token.substring(2, end - 2));
    String rest = token.substring(end);
    if (rest.isEmpty()) {
      items.add(first.item());
      return;
    }
    if (rest.startsWith("x")) {
      int count = count(rest.substring(1), token);
      for (int i = 0; i <= count; i++) {
        items.add(first.item());
      }
      return;
    }
    int sign = rest.charAt(0) == '-' ? -1 : 1;
    int close = rest.indexOf("}}") + 2;
    if (!rest.startsWith("{{", 1) || !rest.startsWith("x", close)) {
      throw bad(token);
    }
    HistogramNotation step = HistogramNotation.parse(rest.substring(3, close - 2));
    int count = count(rest.substring(close + 1), token);
    FloatHistogram current = first.histogram();
    for (int i = 0; i <= count; i++) {
      items.add(new Item(false, 0, Optional.of(current), step.hinted()));
      current = HistogramOps.combine(current, step.histogram(), sign).orElseThrow().histogram();
    }
  }
}
