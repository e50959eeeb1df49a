package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;
import java.util.List;
import java.util.Optional;

/// Functions that map each float of a vector by itself.
final class InstantFunctions {
  private InstantFunctions() {}

  static Value eval(Evaluator evaluator, Expr.Call call, Grid grid) {
    String name = call.function().name();
    return switch (name) {
      case "clamp", "clamp_min", "clamp_max", "round" -> withBounds(evaluator, call, grid);
      case "histogram_avg",
          "histogram_count",
          "histogram_sum",
          "histogram_stddev",
          "histogram_stdvar" ->
          HistogramFunctions.simple(evaluator, call, grid);
      case "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "hour",
          "minute",
          "month",
          "year" ->
          calendar(evaluator, call, grid);
      default ->
          evaluator.map(
              evaluator.vector(call.args().get(0), grid),
              true,
              plain(name).orElseThrow(() -> new IllegalStateException("no such function: " + name)),
              histogram -> null);
    };
  }

  /// The function of this name, if it maps a float to a float and nothing else.
  static Optional<Evaluator.FloatMap> plain(String name) {
    Evaluator.FloatMap found =
        switch (name) {
          case "abs" -> Math::abs;
          case "ceil" -> Math::ceil;
          case "floor" -> Math::floor;
          case "exp" -> Math::exp;
          case "sqrt" -> Math::sqrt;
          case "ln" -> Math::log;
          case "log2" -> Floats::log2;
          case "log10" -> Math::log10;
          case "sin" -> Math::sin;
          case "cos" -> Math::cos;
          case "tan" -> Math::tan;
          case "asin" -> Math::asin;
          case "acos" -> Math::acos;
          case "atan" -> Math::atan;
          case "sinh" -> Math::sinh;
          case "cosh" -> Math::cosh;
          case "tanh" -> Math::tanh;
          case "asinh" -> Floats::asinh;
          case "acosh" -> Floats::acosh;
          case "atanh" -> Floats::atanh;
          case "rad" -> v -> v * Math.PI / 180;
          case "deg" -> v -> v * 180 / Math.PI;
          case "sgn" -> v -> v < 0 ? -1 : v > 0 ? 1 : v;
          default -> null;
        };
    return Optional.ofNullable(found);
  }

  private static Value withBounds(Evaluator evaluator, Expr.Call call, Grid grid) {
    Value.Block block = evaluator.vector(call.args().get(0), grid);
    String name = call.function().name();
    double[] first =
        call.args().size() > 1
            ? evaluator.scalar(call.args().get(1), grid)
            : Evaluator.constant(1, grid).values();
    double[] second = call.args().size() > 2 ? evaluator.scalar(call.args().get(2), grid) : first;
    List<Column> columns = new java.util.ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      Column out = evaluator.renamed(column, true, grid.size());
      for (int i = 0; i < grid.size(); i++) {
        double cell = column.cells[i];
        if (Cell.isFloat(cell)) {
          out.cells[i] =
              switch (name) {
                case "clamp_min" -> Floats.max(first[i], cell);
                case "clamp_max" -> Floats.min(first[i], cell);
                case "clamp" ->
                    second[i] < first[i]
                        ? Cell.ABSENT
                        : Floats.max(first[i], Floats.min(second[i], cell));
                default -> Floats.round(cell, first[i]);
              };
        }
      }
      if (!out.isEmpty()) {
        columns.add(out);
      }
    }
    return evaluator.finished(new Value.Block(grid.size(), columns), true);
  }

  private static Value calendar(Evaluator evaluator, Expr.Call call, Grid grid) {
    String name = call.function().name();
    if (call.args().isEmpty()) {
      Column column = Column.absent(Labels.EMPTY, false, grid.size());
      for (int i = 0; i < grid.size(); i++) {
        column.cells[i] = Calendar.field(name, grid.timeMs(i) / 1000.0);
      }
      return new Value.Block(grid.size(), List.of(column));
    }
    return evaluator.map(
        evaluator.vector(call.args().get(0), grid),
        true,
        seconds -> Calendar.field(name, seconds),
        histogram -> null);
  }

  static void noteInvalidQuantiles(Notes notes, double[] quantiles, PosRange pos) {
    for (double q : quantiles) {
      if (!(q >= 0 && q <= 1)) {
        notes.invalidQuantile(q, pos);
      }
    }
  }
}
