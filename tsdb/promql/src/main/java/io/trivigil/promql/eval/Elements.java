package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import org.jspecify.annotations.Nullable;

/// One binary operator applied to pairs of cells. Reused; a histogram answer stands in [#result].
final class Elements {
  private final BinaryOp op;
  private final boolean bool;
  private final HistogramElements histograms;
  private @Nullable FloatHistogram result;

  Elements(Expr.Binary node, Notes notes) {
    op = node.op();
    bool = node.bool();
    histograms = new HistogramElements(node, notes);
  }

  /// The cell for two columns at a step: absent where a filtering comparison fails or the types do
  /// not fit.
  double apply(Column left, Column right, int step) {
    double l = left.cells[step];
    double r = right.cells[step];
    if (Cell.isFloat(l) && Cell.isFloat(r)) {
      return floats(l, r);
    }
    return mixed(
        l,
        Cell.isHistogram(l) ? left.histogram(step) : null,
        r,
        Cell.isHistogram(r) ? right.histogram(step) : null);
  }

  double mixed(double l, @Nullable FloatHistogram lh, double r, @Nullable FloatHistogram rh) {
    if (lh == null && rh == null) {
      return floats(l, r);
    }
    double cell = histograms.apply(l, lh, r, rh);
    result = histograms.result();
    return cell;
  }

  /// The histogram that the last call answered with.
  @Nullable FloatHistogram result() {
    return result;
  }

  /// Puts an answer into a column.
  void store(Column out, int step, double cell) {
    FloatHistogram histogram = result;
    if (Cell.isHistogram(cell) && histogram != null) {
      out.set(step, histogram);
    } else {
      out.cells[step] = cell;
    }
  }

  double floats(double l, double r) {
    if (op.isComparison()) {
      boolean holds = holds(l, r);
      return bool ? (holds ? 1 : 0) : holds ? l : Cell.ABSENT;
    }
    return switch (op) {
      case ADD -> l + r;
      case SUB -> l - r;
      case MUL -> l * r;
      case DIV -> l / r;
      case MOD -> l % r;
      case POW -> Floats.pow(l, r);
      case ATAN2 -> Math.atan2(l, r);
      default -> histograms.incompatibleFloats();
    };
  }

  private boolean holds(double l, double r) {
    return switch (op) {
      case EQ -> l == r;
      case NE -> l != r;
      case LT -> l < r;
      case LE -> l <= r;
      case GT -> l > r;
      case GE -> l >= r;
      default -> throw new IllegalStateException("no comparison: " + op);
    };
  }
}
