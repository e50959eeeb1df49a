package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.List;

/// Binary operators, by the types of their sides.
final class Binaries {
  private final Evaluator evaluator;

  Binaries(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Value eval(Expr.Binary b, Grid grid) {
    Value left = evaluator.eval(b.left(), grid);
    Value right = evaluator.eval(b.right(), grid);
    Elements elements = new Elements(b, evaluator.notes);
    return switch (left) {
      case Value.Scalar l ->
          switch (right) {
            case Value.Scalar r -> scalars(elements, l.values(), r.values());
            case Value.Block r -> withScalar(b, elements, r, l.values(), true);
            case Value.Text _ -> throw Evaluator.internal(b);
          };
      case Value.Block l ->
          switch (right) {
            case Value.Scalar r -> withScalar(b, elements, l, r.values(), false);
            case Value.Block r ->
                b.op().isSet()
                    ? new SetOperation(b).apply(l, r)
                    : new VectorMatcher(evaluator, b, elements).apply(l, r);
            case Value.Text _ -> throw Evaluator.internal(b);
          };
      case Value.Text _ -> throw Evaluator.internal(b);
    };
  }

  private static Value scalars(Elements elements, double[] left, double[] right) {
    double[] values = new double[left.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements.floats(left[i], right[i]);
    }
    return new Value.Scalar(values);
  }

  private Value withScalar(
      Expr.Binary b, Elements elements, Value.Block block, double[] scalar, boolean scalarLeft) {
    boolean dropName = b.op().dropsName() || b.bool();
    boolean filter = b.op().isComparison() && !b.bool();
    List<Column> columns = new ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      Column out = evaluator.renamed(column, dropName, block.steps());
      for (int i = 0; i < block.steps(); i++) {
        double cell = column.cells[i];
        if (!Cell.isPresent(cell)) {
          continue;
        }
        FloatHistogram histogram = Cell.isHistogram(cell) ? column.histogram(i) : null;
        double answer =
            scalarLeft
                ? elements.mixed(scalar[i], null, cell, histogram)
                : elements.mixed(cell, histogram, scalar[i], null);
        if (!Cell.isPresent(answer)) {
          continue;
        }
        if (filter) {
          out.copy(i, column, i); // a comparison keeps the vector's value, whichever side it is on
        } else {
          elements.store(out, i, answer);
        }
      }
      if (!out.isEmpty()) {
        columns.add(out);
      }
    }
    return evaluator.finished(new Value.Block(block.steps(), columns), dropName);
  }
}
