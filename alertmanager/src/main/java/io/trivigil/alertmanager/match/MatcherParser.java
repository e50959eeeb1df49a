package io.trivigil.alertmanager.match;

import io.trivigil.model.Matcher;
import java.util.List;
import java.util.Optional;

/// Parses matchers as the Alertmanager does by default: with the UTF-8 parser, and with the classic
/// one where only that understands the text, or where the two understand different things.
public final class MatcherParser {
  private MatcherParser() {}

  /// What was parsed, and what the user should know of it.
  public record Parsed(List<Matcher> matchers, Optional<String> warning) {
    public Parsed {
      matchers = List.copyOf(matchers);
    }
  }

  /// Parses `{a="b", c!~"d"}`, with or without braces.
  ///
  /// @throws IllegalArgumentException if neither parser understands it
  public static Parsed parse(String input) {
    List<Matcher> utf8 = List.of();
    Optional<IllegalArgumentException> utf8Problem = Optional.empty();
    try {
      utf8 = new Utf8MatcherParser(input).parse();
    } catch (IllegalArgumentException e) {
      utf8Problem = Optional.of(e);
    }
    List<Matcher> classic;
    try {
      classic = ClassicMatcherParser.parse(input);
    } catch (IllegalArgumentException e) {
      if (utf8Problem.isPresent()) {
        throw e;
      }
      return new Parsed(utf8, Optional.empty());
    }
    if (utf8Problem.isPresent()) {
      return new Parsed(
          classic,
          Optional.of(
              "matchers %s are understood by the classic parser only (%s); write them as %s"
                  .formatted(input, utf8Problem.get().getMessage(), Matchers.text(classic))));
    }
    if (!texts(utf8).equals(texts(classic))) {
      return new Parsed(
          classic,
          Optional.of(
              "matchers %s mean %s to the classic parser, which is used, and %s to the UTF-8 parser"
                  .formatted(input, Matchers.text(classic), Matchers.text(utf8))));
    }
    return new Parsed(utf8, Optional.empty());
  }

  private static List<String> texts(List<Matcher> matchers) {
    return matchers.stream().map(Matchers::text).toList();
  }
}
