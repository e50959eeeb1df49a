package io.trivigil.promql;

import java.util.ArrayList;
import java.util.List;

/// What of the language is switched on beyond its stable core.
///
/// @param experimentalFunctions functions and aggregators marked experimental
/// @param extendedRangeSelectors `anchored` and `smoothed`
/// @param binopFill `fill`, `fill_left`, `fill_right`
/// @param durationExpressions arithmetic inside `[…]` and behind `offset`
/// @param delayedNameRemoval metric names are dropped at the end of the query, not per operation
/// @param startTimestamps rates use the samples' start timestamps
public record Features(
    boolean experimentalFunctions,
    boolean extendedRangeSelectors,
    boolean binopFill,
    boolean durationExpressions,
    boolean delayedNameRemoval,
    boolean startTimestamps) {

  /// What Prometheus does without any flag.
  public static Features standard() {
    return new Features(false, false, false, true, false, false);
  }

  /// Everything on, as the conformance scripts want it.
  public static Features all() {
    return new Features(true, true, true, true, true, true);
  }

  /// From Prometheus's own feature names; the names that mean nothing here go to `unknown`.
  public static Features of(List<String> names, List<String> unknown) {
    List<String> rest = new ArrayList<>(names);
    Features features =
        new Features(
            rest.remove("promql-experimental-functions"),
            rest.remove("promql-extended-range-selectors"),
            rest.remove("promql-binop-fill-modifiers"),
            true,
            rest.remove("promql-delayed-name-removal"),
            rest.remove("use-start-timestamps"));
    rest.remove("promql-duration-expr");
    unknown.addAll(rest);
    return features;
  }
}
