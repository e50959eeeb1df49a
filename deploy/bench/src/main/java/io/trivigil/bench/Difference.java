package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.promql.eval.Grid;
import java.util.ArrayList;
import java.util.List;

/// One random expression that two servers answered differently.
///
/// @param expression as it was asked
/// @param smallest the smallest part of it that still differs, to show
/// @param start of the query, Unix seconds as it was sent
/// @param end of the query, Unix seconds as it was sent
/// @param step seconds; 0 for an instant query
/// @param details how the answers differ, `left | right`
record Difference(
    String expression,
    String smallest,
    String start,
    String end,
    double step,
    List<String> details) {

  Difference {
    details = List.copyOf(details);
  }

  /// Reads one line of the harness's list.
  static Difference of(JsonNode line) {
    List<String> details = new ArrayList<>();
    line.path("differences").forEach(detail -> details.add(detail.asText()));
    return new Difference(
        line.path("expr").asText(),
        line.path("smallest").asText(),
        line.path("start").asText(),
        line.path("end").asText(),
        line.path("step").asDouble(),
        details);
  }

  boolean isInstant() {
    return step == 0;
  }

  long startMs() {
    return Math.round(Double.parseDouble(start) * 1_000);
  }

  long endMs() {
    return Math.round(Double.parseDouble(end) * 1_000);
  }

  /// The times that were asked for.
  Grid times() {
    return isInstant()
        ? Grid.instant(endMs())
        : new Grid(startMs(), endMs(), Math.round(step * 1_000));
  }
}
