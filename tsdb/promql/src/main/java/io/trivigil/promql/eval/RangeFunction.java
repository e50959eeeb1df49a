package io.trivigil.promql.eval;

/// A function of one window: a float, [Cell#ABSENT], or what [Window#answer] returns.
@FunctionalInterface
interface RangeFunction {
  double apply(Window window);

  /// The function of this name, if it works window by window.
  static java.util.Optional<RangeFunction> named(String name) {
    RangeFunction found =
        switch (name) {
          case "rate" -> w -> Rates.extrapolated(w, true, true);
          case "increase" -> w -> Rates.extrapolated(w, true, false);
          case "delta" -> w -> Rates.extrapolated(w, false, false);
          case "irate" -> w -> Rates.instant(w, true);
          case "idelta" -> w -> Rates.instant(w, false);
          case "changes" -> Rates::changes;
          case "resets" -> Rates::resets;
          case "sum_over_time" -> OverTime::sum;
          case "avg_over_time" -> OverTime::average;
          case "count_over_time" -> OverTime::count;
          case "present_over_time" -> OverTime::present;
          case "last_over_time" -> OverTime::last;
          case "first_over_time" -> OverTime::first;
          case "min_over_time" -> w -> OverTime.extreme(w, false, false);
          case "max_over_time" -> w -> OverTime.extreme(w, true, false);
          case "ts_of_min_over_time" -> w -> OverTime.extreme(w, false, true);
          case "ts_of_max_over_time" -> w -> OverTime.extreme(w, true, true);
          case "ts_of_first_over_time" -> OverTime::timeOfFirst;
          case "ts_of_last_over_time" -> OverTime::timeOfLast;
          case "stddev_over_time" -> w -> OverTime.variance(w, true);
          case "stdvar_over_time" -> w -> OverTime.variance(w, false);
          case "quantile_over_time" -> OverTime::quantile;
          case "mad_over_time" -> OverTime::medianDeviation;
          case "deriv" -> Trends::derivative;
          case "predict_linear" -> Trends::predict;
          case "double_exponential_smoothing" -> Trends::smooth;
          default -> null;
        };
    return java.util.Optional.ofNullable(found);
  }
}
