package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Binary operators where at least one side is a native histogram.
final class HistogramElements {
  private final Expr.Binary node;
  private final Notes notes;
  private @Nullable FloatHistogram result;

  HistogramElements(Expr.Binary node, Notes notes) {
    this.node = node;
    this.notes = notes;
  }

  /// The histogram of the last answer that is one.
  @Nullable FloatHistogram result() {
    return result;
  }

  double apply(double l, @Nullable FloatHistogram lh, double r, @Nullable FloatHistogram rh) {
    result = null;
    if (lh != null && rh != null) {
      return both(lh, rh);
    }
    if (lh != null) {
      return switch (node.op()) {
        case MUL -> answer(HistogramOps.scaled(lh, r));
        case DIV -> answer(HistogramOps.divided(lh, r));
        case TRIM_UPPER -> answer(Trim.apply(lh, r, true));
        case TRIM_LOWER -> answer(Trim.apply(lh, r, false));
        default -> incompatible("histogram", "float");
      };
    }
    if (rh != null && node.op() == BinaryOp.MUL) {
      return answer(HistogramOps.scaled(rh, l));
    }
    return incompatible("float", "histogram");
  }

  private double both(FloatHistogram l, FloatHistogram r) {
    return switch (node.op()) {
      case ADD -> combined(l, r, 1, "addition");
      case SUB -> combined(l, r, -1, "subtraction");
      case EQ -> compared(l, l.equals(r));
      case NE -> compared(l, !l.equals(r));
      default -> incompatible("histogram", "histogram");
    };
  }

  private double compared(FloatHistogram left, boolean holds) {
    if (node.bool()) {
      return holds ? 1 : 0;
    }
    return holds ? answer(left) : Cell.ABSENT;
  }

  private double combined(FloatHistogram l, FloatHistogram r, int sign, String during) {
    Optional<HistogramOps.Combined> combined = HistogramOps.combine(l, r, sign);
    if (combined.isEmpty()) {
      notes.incompatibleLayout(node.op().text(), node.pos());
      return Cell.ABSENT;
    }
    HistogramOps.Combined found = combined.get();
    if (found.resetCollision()) {
      notes.conflictingResets(during, node.pos());
    }
    if (found.reconciled()) {
      notes.reconciledBuckets(during, node.pos());
    }
    FloatHistogram histogram = found.histogram().compact();
    return answer(sign < 0 ? histogram.withHint(FloatHistogram.Hint.GAUGE) : histogram);
  }

  private double answer(FloatHistogram histogram) {
    result = histogram;
    return Cell.HISTOGRAM;
  }

  double incompatibleFloats() {
    return incompatible("float", "float");
  }

  private double incompatible(String left, String right) {
    notes.incompatibleTypes(left, node.op().text(), right, node.pos());
    return Cell.ABSENT;
  }
}
