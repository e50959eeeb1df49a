package io.trivigil.promql.ast;

import static io.trivigil.promql.ast.ValueType.MATRIX;
import static io.trivigil.promql.ast.ValueType.SCALAR;
import static io.trivigil.promql.ast.ValueType.STRING;
import static io.trivigil.promql.ast.ValueType.VECTOR;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A function's signature.
///
/// @param variadic how many arguments beyond `args.size() - 1` there may be; 0: exactly
///   `args.size()`; negative: any number
public record Function(
    String name, List<ValueType> args, int variadic, ValueType returns, boolean experimental) {

  private static final Map<String, Function> ALL = new LinkedHashMap<>();

  static {
    String[] vectorToVector = {
      "abs",
      "acos",
      "acosh",
      "asin",
      "asinh",
      "atan",
      "atanh",
      "ceil",
      "cos",
      "cosh",
      "deg",
      "exp",
      "floor",
      "histogram_avg",
      "histogram_count",
      "histogram_stddev",
      "histogram_stdvar",
      "histogram_sum",
      "ln",
      "log10",
      "log2",
      "rad",
      "sgn",
      "sin",
      "sinh",
      "sort",
      "sort_desc",
      "sqrt",
      "tan",
      "tanh",
      "timestamp",
      "absent"
    };
    for (String name : vectorToVector) {
      stable(name, VECTOR, 0, VECTOR);
    }
    String[] matrixToVector = {
      "absent_over_time",
      "avg_over_time",
      "changes",
      "count_over_time",
      "delta",
      "deriv",
      "first_over_time",
      "idelta",
      "increase",
      "irate",
      "last_over_time",
      "max_over_time",
      "min_over_time",
      "present_over_time",
      "rate",
      "resets",
      "stddev_over_time",
      "stdvar_over_time",
      "sum_over_time"
    };
    for (String name : matrixToVector) {
      stable(name, VECTOR, 0, MATRIX);
    }
    String[] calendar = {
      "day_of_month",
      "day_of_week",
      "day_of_year",
      "days_in_month",
      "hour",
      "minute",
      "month",
      "year"
    };
    for (String name : calendar) {
      stable(name, VECTOR, 1, VECTOR);
    }
    stable("clamp", VECTOR, 0, VECTOR, SCALAR, SCALAR);
    stable("clamp_max", VECTOR, 0, VECTOR, SCALAR);
    stable("clamp_min", VECTOR, 0, VECTOR, SCALAR);
    stable("histogram_fraction", VECTOR, 0, SCALAR, SCALAR, VECTOR);
    stable("histogram_quantile", VECTOR, 0, SCALAR, VECTOR);
    stable("label_replace", VECTOR, 0, VECTOR, STRING, STRING, STRING, STRING);
    stable("label_join", VECTOR, -1, VECTOR, STRING, STRING, STRING);
    stable("pi", SCALAR, 0);
    stable("predict_linear", VECTOR, 0, MATRIX, SCALAR);
    stable("quantile_over_time", VECTOR, 0, SCALAR, MATRIX);
    stable("round", VECTOR, 1, VECTOR, SCALAR);
    stable("scalar", SCALAR, 0, VECTOR);
    stable("time", SCALAR, 0);
    stable("vector", VECTOR, 0, SCALAR);
    String[] experimentalRanges = {
      "mad_over_time",
      "ts_of_first_over_time",
      "ts_of_last_over_time",
      "ts_of_max_over_time",
      "ts_of_min_over_time"
    };
    for (String name : experimentalRanges) {
      experimental(name, VECTOR, 0, MATRIX);
    }
    experimental("double_exponential_smoothing", VECTOR, 0, MATRIX, SCALAR, SCALAR);
    experimental("histogram_quantiles", VECTOR, 9, VECTOR, STRING, SCALAR, SCALAR);
    experimental("info", VECTOR, 1, VECTOR, VECTOR);
    experimental("max_of", SCALAR, 0, SCALAR, SCALAR);
    experimental("min_of", SCALAR, 0, SCALAR, SCALAR);
    experimental("sort_by_label", VECTOR, -1, VECTOR, STRING);
    experimental("sort_by_label_desc", VECTOR, -1, VECTOR, STRING);
    experimental("start", SCALAR, 0);
    experimental("end", SCALAR, 0);
    experimental("range", SCALAR, 0);
    experimental("step", SCALAR, 0);
    experimental("start_timestamp", VECTOR, 0, VECTOR);
  }

  private static void stable(String name, ValueType returns, int variadic, ValueType... args) {
    ALL.put(name, new Function(name, List.of(args), variadic, returns, false));
  }

  private static void experimental(
      String name, ValueType returns, int variadic, ValueType... args) {
    ALL.put(name, new Function(name, List.of(args), variadic, returns, true));
  }

  /// The function of this name, experimental ones included.
  public static Optional<Function> named(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /// All of them.
  public static Collection<Function> all() {
    return ALL.values();
  }

  /// Whether the metric's name survives: the result is the same quantity.
  public boolean keepsName() {
    return switch (name) {
      case "last_over_time",
          "first_over_time",
          "sort",
          "sort_desc",
          "sort_by_label",
          "sort_by_label_desc",
          "label_replace",
          "label_join",
          "info" ->
          true;
      default -> false;
    };
  }
}
