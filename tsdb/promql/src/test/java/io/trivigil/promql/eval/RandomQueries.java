package io.trivigil.promql.eval;

import java.util.random.RandomGenerator;

/// Writes random well-typed queries over the metrics `a`, `b`, `c_bucket` and the native histogram
/// `h`.
public final class RandomQueries {
  private final RandomGenerator random;

  public RandomQueries(RandomGenerator random) {
    this.random = random;
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /// An instant vector.
  public String vector(int depth) {
    if (depth <= 0) {
      return selector() + shift();
    }
    return switch (random.nextInt(14)) {
      case 0 -> selector() + shift();
      case 1, 2 ->
          one("sum", "avg", "min", "max", "count", "stddev", "group")
              + by()
              + "("
              + vector(depth - 1)
              + ")";
      case 3 ->
          one("topk", "bottomk") + by() + "(" + one("1", "2") + ", " + vector(depth - 1) + ")";
      case 4, 5 ->
          one(
                  "rate",
                  "increase",
                  "delta",
                  "sum_over_time",
                  "avg_over_time",
                  "max_over_time",
                  "last_over_time",
                  "changes",
                  "resets",
                  "deriv",
                  "irate",
                  "stdvar_over_time",
                  "count_over_time")
              + "("
              + range(depth - 1)
              + ")";
      case 6 ->
          "sum by (x) ("
              + vector(depth - 1)
              + ") "
              + one("+", "-", "*", "/", ">", "<=")
              + " sum by (x) ("
              + vector(depth - 1)
              + ")";
      case 7 ->
          vector(depth - 1)
              + " "
              + one("and", "or", "unless")
              + one("", " on (x)")
              + " "
              + vector(depth - 1);
      case 8 ->
          "("
              + vector(depth - 1)
              + ") "
              + one("+", "*", "> bool", "<", "%", "^")
              + " "
              + scalar(depth - 1);
      case 9 ->
          one("abs", "ceil", "sqrt", "exp", "sgn", "timestamp", "sort", "absent")
              + "("
              + vector(depth - 1)
              + ")";
      case 10 -> "-(" + vector(depth - 1) + ")";
      case 11 -> "histogram_quantile(" + scalar(depth - 1) + ", " + vector(depth - 1) + ")";
      case 12 ->
          one("histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev")
              + "("
              + vector(depth - 1)
              + ")";
      default -> "quantile" + by() + "(" + one("0.5", "0.9") + ", " + vector(depth - 1) + ")";
    };
  }

  private String scalar(int depth) {
    return depth > 0 && random.nextInt(4) == 0
        ? "scalar(sum(" + vector(depth - 1) + "))"
        : one("2", "0.5", "time()", "1m", "-3");
  }

  private String range(int depth) {
    return random.nextInt(3) == 0
        ? "(" + vector(depth) + ")[" + one("3m", "5m") + ":" + one("", "30s", "1m") + "]" + shift()
        : selector() + "[" + one("2m", "5m", "90s") + "]" + shift();
  }

  private String selector() {
    return one("a", "b", "a{x=\"1\"}", "{__name__=~\"a|b\",y!=\"q\"}", "c_bucket", "h", "missing");
  }

  private String shift() {
    return one("", "", "", " offset 1m", " offset -30s", " @ 120", " @ end()");
  }

  private String by() {
    return one("", " by (x)", " without (y)", " by (x, y)");
  }
}
