package io.trivigil.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Computes `rate` and `increase` anew from raw samples, once as Prometheus 2.42 extrapolates and
/// once as 3.x does, and looks whether that is all that two servers differ in.
final class Extrapolation {
  private static final Pattern CALL = Pattern.compile("\\b(rate|increase)\\(");
  private static final Pattern RANGE = Pattern.compile("\\[([^\\]:]+)(:[^\\]]*)?\\]");
  private static final Pattern OFFSET = Pattern.compile("offset (-?)([0-9a-z]+)");
  private static final Pattern AT = Pattern.compile("at (\\d+\\.?\\d*)");
  private static final double TOLERANCE = 1e-9;

  private final Server left;
  private final Server right;

  /// @param left the server of the old kind
  /// @param right the server of the new kind
  Extrapolation(Server left, Server right) {
    this.left = left;
    this.right = right;
  }

  /// What the two servers are asked.
  interface Server {
    /// The values of an instant query by labels.
    Map<String, Double> vector(String query, String time);

    /// The samples of a range selector by labels, without the metric name: pairs of seconds and
    /// value.
    Map<String, List<double[]>> matrix(String query, String time);
  }

  /// One call in an expression.
  ///
  /// @param function `rate` or `increase`
  /// @param argument its range vector
  record Call(String function, String argument) {
    String text() {
      return function + "(" + argument + ")";
    }

    /// Length of the range, seconds.
    double rangeSeconds() {
      Matcher range = RANGE.matcher(argument);
      double seconds = 0;
      while (range.find()) {
        seconds = seconds(range.group(1)); // the last one is the outermost
      }
      return seconds;
    }

    /// Where the range ends in a query at `at`, seconds; empty where an `@` fixes it.
    Optional<Double> endSeconds(double at) {
      String behind = argument.substring(argument.lastIndexOf(']') + 1);
      if (behind.contains("@")) {
        return Optional.empty();
      }
      Matcher offset = OFFSET.matcher(behind);
      if (!offset.find()) {
        return Optional.of(at);
      }
      double by = seconds(offset.group(2));
      return Optional.of(offset.group(1).isEmpty() ? at - by : at + by);
    }
  }

  /// The innermost calls of an expression.
  static List<Call> calls(String expression) {
    List<Call> calls = new ArrayList<>();
    Matcher call = CALL.matcher(expression);
    while (call.find()) {
      int depth = 1;
      int at = call.end();
      while (at < expression.length() && depth > 0) {
        char c = expression.charAt(at++);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
      String argument = expression.substring(call.end(), at - 1);
      if (!CALL.matcher(argument).find()) {
        calls.add(new Call(call.group(1), argument));
      }
    }
    return calls;
  }

  /// Whether at the time of the difference some call of the expression differs, each by the
  /// extrapolation alone.
  boolean explains(Difference difference) {
    Matcher at = AT.matcher(difference.details().isEmpty() ? "" : difference.details().getFirst());
    String time = at.find() ? at.group(1) : difference.start();
    boolean any = false;
    for (Call call : calls(difference.smallest())) {
      switch (compare(call, time)) {
        case OTHER -> {
          return false;
        }
        case EXTRAPOLATED -> any = true;
        case SAME -> {}
      }
    }
    return any;
  }

  private enum Found {
    SAME,
    EXTRAPOLATED,
    OTHER
  }

  private Found compare(Call call, String time) {
    Map<String, Double> before = left.vector(call.text(), time);
    Map<String, Double> after = right.vector(call.text(), time);
    if (!before.keySet().equals(after.keySet())) {
      return Found.OTHER;
    }
    Map<String, List<double[]>> samples = left.matrix(call.argument(), time);
    boolean differs = false;
    for (Map.Entry<String, Double> entry : before.entrySet()) {
      double newer = after.getOrDefault(entry.getKey(), Double.NaN);
      if (near(entry.getValue(), newer)) {
        continue;
      }
      differs = true;
      List<double[]> points = samples.getOrDefault(entry.getKey(), List.of());
      if (!isExtrapolation(call, Double.parseDouble(time), points, entry.getValue(), newer)) {
        return Found.OTHER;
      }
    }
    return differs ? Found.EXTRAPOLATED : Found.SAME;
  }

  private static boolean isExtrapolation(
      Call call, double at, List<double[]> points, double before, double after) {
    Optional<Double> end = call.endSeconds(at);
    if (points.size() < 2) {
      return false;
    }
    if (end.isEmpty()) {
      return true; // An @ fixes the range where the answer does not say; both were computed on it.
    }
    double divisor = call.function().equals("rate") ? call.rangeSeconds() : 1;
    double endMs = Math.rint(end.get() * 1_000);
    double startMs = endMs - call.rangeSeconds() * 1_000;
    List<double[]> open = points.stream().filter(point -> point[0] > startMs).toList();
    return near(increase(points, startMs, endMs, false) / divisor, before)
        && open.size() >= 2
        && near(increase(open, startMs, endMs, true) / divisor, after);
  }

  /// The increase of a counter, extrapolated to the ends of the range.
  ///
  /// @param points at least two pairs of time and value
  /// @param start of the range, in the unit of the points' times; so is `end`
  /// @param thresholdFirst whether the way to the start is cut at half an interval before it is cut
  ///   at the counter's zero, as 3.x does
  static double increase(List<double[]> points, double start, double end, boolean thresholdFirst) {
    double[] first = points.getFirst();
    double[] last = points.getLast();
    double result = last[1] - first[1];
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i)[1] < points.get(i - 1)[1]) {
        result += points.get(i - 1)[1];
      }
    }
    double sampled = last[0] - first[0];
    double average = sampled / (points.size() - 1);
    double threshold = average * 1.1;
    double toStart = first[0] - start;
    double toEnd = end - last[0];
    if (thresholdFirst && toStart >= threshold) {
      toStart = average / 2;
    }
    if (result > 0 && first[1] >= 0) {
      toStart = Math.min(toStart, sampled * (first[1] / result));
    }
    double extended = sampled;
    extended += !thresholdFirst && toStart >= threshold ? average / 2 : toStart;
    extended += toEnd < threshold ? toEnd : average / 2;
    return result * (extended / sampled);
  }

  private static boolean near(double a, double b) {
    return Double.compare(a, b) == 0
        || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }

  /// A duration as PromQL writes it.
  static double seconds(String duration) {
    Matcher part = Pattern.compile("(\\d+)(ms|[smhdwy])").matcher(duration);
    double seconds = 0;
    while (part.find()) {
      double unit =
          switch (part.group(2)) {
            case "ms" -> 0.001;
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3_600;
            case "d" -> 86_400;
            case "w" -> 604_800;
            default -> 31_536_000;
          };
      seconds += Double.parseDouble(part.group(1)) * unit;
    }
    return seconds;
  }
}
