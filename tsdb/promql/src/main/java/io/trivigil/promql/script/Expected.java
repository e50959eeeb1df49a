package io.trivigil.promql.script;

import io.trivigil.model.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// What an `eval` block expects. Filled while the block is read.
final class Expected {
  /// `expect warn` and its kin.
  ///
  /// @param kind `warn`, `no_warn`, `info`, `no_info`, `fail`, `ordered`
  /// @param message the exact text, if given
  /// @param regex a pattern that the text holds, if given
  record Expectation(String kind, Optional<String> message, Optional<Pattern> regex) {
    boolean matches(String text) {
      return message.map(text::equals).orElse(true)
          && regex.map(pattern -> pattern.matcher(text).find()).orElse(true);
    }
  }

  /// A series with its line, from 1.
  record Line(int position, SeriesNotation series) {}

  final List<Expectation> expectations = new ArrayList<>();
  final Map<Labels, Line> series = new LinkedHashMap<>();
  OptionalDouble scalar = OptionalDouble.empty();
  Optional<String> string = Optional.empty();

  /// Start, end and step of `expect range vector`, if given.
  long[] rangeVector = new long[0];

  int lines;

  boolean has(String kind) {
    return expectations.stream().anyMatch(e -> e.kind().equals(kind));
  }

  List<Expectation> of(String kind) {
    return expectations.stream().filter(e -> e.kind().equals(kind)).toList();
  }
}
