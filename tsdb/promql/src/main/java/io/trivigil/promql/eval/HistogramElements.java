package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.promql.ast.Expr;
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

  double apply(double l, @Nullable FloatHistogram lh, double r, @Nullable FloatHistogram rh) {
    result = null;
    notes.incompatibleTypes(
        lh == null ? "float" : "histogram",
        node.op().text(),
        rh == null ? "float" : "histogram",
        node.pos());
    return Cell.ABSENT;
  }

  double incompatibleFloats() {
    notes.incompatibleTypes("float", node.op().text(), "float", node.pos());
    return Cell.ABSENT;
  }

  @Nullable FloatHistogram result() {
    return result;
  }
}
