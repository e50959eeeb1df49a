package io.trivigil.promql.script;

import io.trivigil.model.Labels;
import io.trivigil.model.PromDuration;
import io.trivigil.promql.Features;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.text.GoNumbers;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a script whole, with every query parsed, before any of it runs.
final class ScriptParser {
  private static final Pattern LOAD = Pattern.compile("^load(?:_(with_nhcb))?\\s+(.+?)$");
  private static final Pattern INSTANT =
      Pattern.compile(
          "^eval(?:_(fail|warn|ordered|info))?\\s+instant\\s+(?:at\\s+(.+?))?\\s+(.+)$");
  private static final Pattern RANGE =
      Pattern.compile(
          "^eval(?:_(fail|warn|info))?\\s+range\\s+from\\s+(.+)\\s+to\\s+(.+)\\s+step\\s+(.+?)\\s+(.+)$");
  private static final Pattern EXPECT =
      Pattern.compile(
          "^expect\\s+(ordered|fail|warn|no_warn|info|no_info)(?:\\s+(regex|msg):(.+))?$");
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("^expect range vector\\s+from\\s+(.+)\\s+to\\s+(.+)\\s+step\\s+(.+)$");

  private final List<String> lines;
  private final Features features;
  private int next;

  private ScriptParser(String script, Features features) {
    this.features = features;
    lines = new ArrayList<>();
    for (String line : script.split("\n", -1)) {
      String trimmed = line.strip();
      lines.add(trimmed.startsWith("#") ? "" : trimmed);
    }
  }

  /// The commands in order.
  ///
  /// @throws IllegalArgumentException naming the line
  static List<Command> parse(String script, Features features) {
    ScriptParser parser = new ScriptParser(script, features);
    List<Command> commands = new ArrayList<>();
    while (parser.next < parser.lines.size()) {
      int line = parser.next + 1;
      try {
        String text = parser.lines.get(parser.next++);
        if (!text.isEmpty()) {
          commands.add(parser.command(text, line));
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("line " + line + ": " + e.getMessage(), e);
      }
    }
    return commands;
  }

  private Command command(String text, int line) {
    String word = text.split("\\s+", 2)[0].toLowerCase(Locale.ROOT);
    if (word.equals("clear")) {
      return new Command.Clear(line);
    }
    if (word.startsWith("load")) {
      return load(text, line);
    }
    if (word.startsWith("eval")) {
      return eval(text, line);
    }
    throw new IllegalArgumentException("unknown command: " + text);
  }

  private Optional<String> blockLine() {
    if (next >= lines.size() || lines.get(next).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(lines.get(next++));
  }

  private Command load(String text, int line) {
    Matcher matcher = matched(LOAD, text);
    Map<Labels, SeriesNotation> series = new LinkedHashMap<>();
    Map<Labels, List<Optional<Long>>> starts = new LinkedHashMap<>();
    for (Optional<String> row = blockLine(); row.isPresent(); row = blockLine()) {
      int end = SeriesNotation.metricEnd(row.get());
      if (row.get().startsWith("@st", end)) {
        starts.put(
            SeriesNotation.metric(row.get().substring(0, end)),
            StartOffsets.parse(row.get().substring(end + 3)));
      } else if (row.get().substring(0, end).endsWith("@st")) {
        starts.put(
            SeriesNotation.metric(row.get().substring(0, end - 3)),
            StartOffsets.parse(row.get().substring(end)));
      } else {
        SeriesNotation notation = SeriesNotation.parse(row.get());
        series.put(notation.labels(), notation);
      }
    }
    return new Command.Load(
        line, matcher.group(1) != null, PromDuration.parseMs(matcher.group(2)), series, starts);
  }

  private Command eval(String text, int line) {
    Matcher instant = INSTANT.matcher(text);
    Expected expected = new Expected();
    if (instant.find()) {
      legacy(instant.group(1), expected);
      long at = PromDuration.parseMs(instant.group(2));
      String query = instant.group(3);
      expectations(instant.group(1), expected);
      return new Command.Eval(
          line, query, Parser.parse(query, features), false, at, at, 1, expected);
    }
    Matcher range = matched(RANGE, text);
    legacy(range.group(1), expected);
    String query = range.group(5);
    expectations(range.group(1), expected);
    return new Command.Eval(
        line,
        query,
        Parser.parse(query, features),
        true,
        PromDuration.parseMs(range.group(2)),
        PromDuration.parseMs(range.group(3)),
        PromDuration.parseMs(range.group(4)),
        expected);
  }

  private static void legacy(
      @org.jspecify.annotations.Nullable String modifier, Expected expected) {
    if (modifier != null) {
      expected.expectations.add(
          new Expected.Expectation(modifier, Optional.empty(), Optional.empty()));
    }
  }

  private void expectations(@org.jspecify.annotations.Nullable String modifier, Expected expected) {
    for (Optional<String> row = blockLine(); row.isPresent(); row = blockLine()) {
      if (!expectation(modifier, row.get(), expected)) {
        return;
      }
    }
  }

  /// Reads one line of a block; false if it ends the block.
  private static boolean expectation(
      @org.jspecify.annotations.Nullable String modifier, String row, Expected expected) {
    if ("fail".equals(modifier) && row.startsWith("expected_fail_")) {
      expected.expectations.add(legacyFailure(row));
      return false;
    }
    Matcher vector = RANGE_VECTOR.matcher(row);
    if (vector.find()) {
      expected.rangeVector =
          new long[] {
            PromDuration.parseMs(vector.group(1)),
            PromDuration.parseMs(vector.group(2)),
            PromDuration.parseMs(vector.group(3))
          };
      return true;
    }
    if (row.startsWith("expect string ")) {
      expected.string =
          Optional.of(GoStrings.unquote(row.substring("expect string ".length()).strip()));
      return true;
    }
    if (row.split("\\s+", 2)[0].equals("expect")) {
      Matcher matcher = matched(EXPECT, row);
      boolean regex = "regex".equals(matcher.group(2));
      Optional<String> text = Optional.ofNullable(matcher.group(3)).map(String::strip);
      expected.expectations.add(
          new Expected.Expectation(
              matcher.group(1),
              regex ? Optional.empty() : text,
              regex ? text.map(Pattern::compile) : Optional.empty()));
      return true;
    }
    try {
      expected.scalar = OptionalDouble.of(GoNumbers.parseSigned(row));
      return false;
    } catch (NumberFormatException e) {
      SeriesNotation notation = SeriesNotation.parse(row);
      expected.lines++;
      expected.series.put(notation.labels(), new Expected.Line(expected.lines, notation));
      return true;
    }
  }

  private static Expected.Expectation legacyFailure(String row) {
    String[] parts = row.split("\\s+", 2);
    boolean regex = parts[0].equals("expected_fail_regexp");
    return new Expected.Expectation(
        "fail",
        regex ? Optional.empty() : Optional.of(parts[1]),
        regex ? Optional.of(Pattern.compile(parts[1])) : Optional.empty());
  }

  private static Matcher matched(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("bad command: " + text);
    }
    return matcher;
  }
}
