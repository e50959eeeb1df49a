package io.trivigil.promql.eval;

import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;

/// Selectors with `anchored` or `smoothed`: they also look beyond the borders of their range.
final class Extended {
  private Extended() {}

  static void check(Expr.Extension extension, String function) {
    boolean fits =
        switch (extension) {
          case NONE -> true;
          case ANCHORED ->
              switch (function) {
                case "resets", "changes", "rate", "increase", "delta" -> true;
                default -> false;
              };
          case SMOOTHED ->
              switch (function) {
                case "rate", "increase", "delta" -> true;
                default -> false;
              };
        };
    if (!fits) {
      String word = extension.name().toLowerCase(java.util.Locale.ROOT);
      throw QueryException.execution(
          "%s modifier can only be used with: %s - not with %s"
              .formatted(
                  word,
                  extension == Expr.Extension.ANCHORED
                      ? "changes, delta, increase, rate, resets"
                      : "delta, increase, rate",
                  function));
    }
  }

  static double apply(Window window, RangeFunction function) {
    return function.apply(window);
  }

  /// Interpolates linearly between the samples around each step.
  static void smooth(SampleBuffer samples, Grid looks, long lookbackMs, Column out) {
    int before = -1;
    for (int k = 0; k < looks.size(); k++) {
      long now = looks.timeMs(k);
      while (before + 1 < samples.size() && samples.timestampMs(before + 1) <= now) {
        before++;
      }
      boolean left = before >= 0 && samples.timestampMs(before) > now - lookbackMs;
      int after = before + 1;
      boolean right = after < samples.size() && samples.timestampMs(after) <= now + lookbackMs;
      if (left && samples.timestampMs(before) == now) {
        right = false;
      }
      if (left && right) {
        double a = samples.value(before);
        double b = samples.value(after);
        double span = samples.timestampMs(after) - samples.timestampMs(before);
        out.cells[k] = Cell.clean(a + (b - a) * ((now - samples.timestampMs(before)) / span));
      } else if (left) {
        out.cells[k] = Cell.clean(samples.value(before));
      }
    }
  }
}
