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
            case Value.Block r -> withScalar(b, r, l.values(), true);
            case Value.Text _ -> throw Evaluator.internal(b);
          };
      case Value.Block l ->
          switch (right) {
            case Value.Scalar r -> withScalar(b, l, r.values(), false);
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

  private Value withScalar(Expr.Binary b, Value.Block block, double[] scalar, boolean scalarLeft) {
    WithScalar operation = new WithScalar(evaluator, b, scalar, scalarLeft, true);
    List<Column> columns = new ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      Column out = operation.apply(column);
      if (!out.isEmpty()) {
        columns.add(out);
      }
    }
    return evaluator.finished(new Value.Block(block.steps(), columns), operation.dropName);
  }

  /// An operator between a vector and a scalar, series by series.
  static final class WithScalar {
    private final Evaluator evaluator;
    private final Elements elements;
    private final double[] scalar;
    private final boolean scalarLeft;
    private final boolean dropName;
    private final boolean nameMatters;
    private final boolean filter;

    /// @param nameMatters whether the name has to be dropped where there are no histograms
    WithScalar(
        Evaluator evaluator,
        Expr.Binary b,
        double[] scalar,
        boolean scalarLeft,
        boolean nameMatters) {
      this.evaluator = evaluator;
      this.elements = new Elements(b, evaluator.notes);
      this.scalar = scalar;
      this.scalarLeft = scalarLeft;
      this.nameMatters = nameMatters;
      this.dropName = b.op().dropsName() || b.bool();
      this.filter = b.op().isComparison() && !b.bool();
    }

    Column apply(Column column) {
      Column out = evaluator.renamed(column, dropName, nameMatters, column.steps());
      for (int i = 0; i < column.steps(); i++) {
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
      return out;
    }
  }
}
