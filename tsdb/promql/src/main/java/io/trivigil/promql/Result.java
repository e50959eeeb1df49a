package io.trivigil.promql;

import java.util.List;

/// The answer to a query. Immutable.
public sealed interface Result {
  /// Warnings as the API shows them, with their position in the query; at most ten and a count.
  List<String> warnings();

  /// Infos as the API shows them.
  List<String> infos();

  QueryStats stats();

  /// The same answer with further warnings.
  default Result withWarnings(List<String> warnings) {
    return switch (this) {
      case ScalarResult r -> new ScalarResult(r.timestampMs, r.value, warnings, r.infos, r.stats);
      case StringResult r -> new StringResult(r.timestampMs, r.value, warnings, r.infos, r.stats);
      case VectorResult r -> new VectorResult(r.timestampMs, r.series, warnings, r.infos, r.stats);
      case MatrixResult r -> new MatrixResult(r.series, warnings, r.infos, r.stats);
    };
  }

  /// The API's `resultType`.
  default String type() {
    return switch (this) {
      case ScalarResult _ -> "scalar";
      case StringResult _ -> "string";
      case VectorResult _ -> "vector";
      case MatrixResult _ -> "matrix";
    };
  }

  /// One number.
  record ScalarResult(
      long timestampMs, double value, List<String> warnings, List<String> infos, QueryStats stats)
      implements Result {}

  /// One text.
  record StringResult(
      long timestampMs, String value, List<String> warnings, List<String> infos, QueryStats stats)
      implements Result {}

  /// One point per series, all at the same time; the order matters (`sort`, `topk`).
  ///
  /// @param series each with exactly one point
  record VectorResult(
      long timestampMs,
      List<ResultSeries> series,
      List<String> warnings,
      List<String> infos,
      QueryStats stats)
      implements Result {
    public VectorResult {
      series = List.copyOf(series);
    }
  }

  /// Many points per series, sorted by labels; no series is empty.
  record MatrixResult(
      List<ResultSeries> series, List<String> warnings, List<String> infos, QueryStats stats)
      implements Result {
    public MatrixResult {
      series = List.copyOf(series);
    }
  }
}
