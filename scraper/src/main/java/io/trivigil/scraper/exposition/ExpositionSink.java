package io.trivigil.scraper.exposition;

/// Takes what a parser finds, in the order of the body.
public interface ExpositionSink {
  /// In place of a timestamp: the sample has none.
  long NO_TIMESTAMP = Long.MIN_VALUE;

  /// One sample. Its series is `body[from, to)` as the target wrote it: a receiver that knows these
  /// bytes need not parse them; [SeriesText] does.
  ///
  /// @throws IllegalArgumentException if the series is not valid: the parse then fails at this line
  void sample(byte[] body, int from, int to, double value, long timestampMs);

  /// The exemplar of the sample before. Its labels are `body[from, to)`, braces included.
  default void exemplar(byte[] body, int from, int to, double value, long timestampMs) {}

  default void type(String family, MetricType type) {}

  default void help(String family, String help) {}

  default void unit(String family, String unit) {}
}
