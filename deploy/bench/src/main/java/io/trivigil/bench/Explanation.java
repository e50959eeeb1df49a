package io.trivigil.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Why Prometheus 2.42 and a server that follows Prometheus 3.x may answer differently. Everything
/// else is a defect.
///
/// @param name of the rule
/// @param reason what changed between the versions
/// @param holds whether a difference is of this kind
record Explanation(String name, String reason, Predicate<Difference> holds) {
  private static final Pattern VALUES = Pattern.compile(": (\\S+) \\| (\\S+)$");
  private static final Pattern RATE = Pattern.compile("\\b(rate|increase)\\(");

  /// The rules that need the expression and the answers alone, and the one that computes anew.
  static List<Explanation> all(Extrapolation extrapolation) {
    return List.of(
        new Explanation(
            "holt_winters",
            "3.0 renamed holt_winters to double_exponential_smoothing, behind a feature flag",
            d -> each(d, detail -> detail.contains("unknown function with name \"holt_winters\""))),
        new Explanation(
            "atan2 keeps no name",
            "3.x drops the metric name of atan2 as of every other arithmetic operator",
            d -> d.smallest().contains("atan2") && each(d, Explanation::isAboutNames)),
        new Explanation(
            "deviation of one odd value",
            "3.x: stddev and stdvar of a group whose first value is NaN or infinite are NaN, not 0",
            d ->
                (d.smallest().contains("stddev") || d.smallest().contains("stdvar"))
                    && each(d, detail -> right(detail).filter("NaN"::equals).isPresent())),
        new Explanation(
            "predict_linear at a fixed time",
            "3.x repaired the range of predict_linear with @ in range queries"
                + " (prometheus/prometheus#11708)",
            d ->
                d.smallest().contains("predict_linear(")
                    && d.smallest().contains("@")
                    && d.step() > 0),
        new Explanation(
            "extrapolation towards zero",
            "3.x first cuts the way to the range's start at half an interval, then at the counter's"
                + " zero, and leaves out a sample at the very start; both results are computed anew from the samples",
            d -> RATE.matcher(d.smallest()).find() && extrapolation.explains(d)));
  }

  private static boolean each(Difference difference, Predicate<String> of) {
    return !difference.details().isEmpty() && difference.details().stream().allMatch(of);
  }

  private static boolean isAboutNames(String detail) {
    return detail.startsWith("only left: {__name__=")
        || detail.startsWith("only right: {")
        || detail.matches("and \\d+ more");
  }

  private static Optional<String> right(String detail) {
    return Optional.of(VALUES.matcher(detail)).filter(m -> m.find()).map(m -> m.group(2));
  }
}
