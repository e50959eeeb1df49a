package io.trivigil.promql.script;

import io.trivigil.promql.ast.Expr;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One command of a script.
sealed interface Command {
  int line();

  /// `clear`.
  record Clear(int line) implements Command {}

  /// `load`.
  ///
  /// @param starts start offsets per series, null where unknown
  record Load(
      int line,
      boolean customBuckets,
      long stepMs,
      Map<io.trivigil.model.Labels, SeriesNotation> series,
      Map<io.trivigil.model.Labels, List<Optional<Long>>> starts)
      implements Command {}

  /// `eval`.
  record Eval(
      int line,
      String query,
      Expr expr,
      boolean range,
      long startMs,
      long endMs,
      long stepMs,
      Expected expected)
      implements Command {}
}
