package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Aggregators. The group of a series is found once; then cells are added up by number.
final class Aggregations {
  private final Evaluator evaluator;
  private final Expr.Aggregate node;
  private final Set<String> grouping;

  /// The groups' labels, by number.
  private final List<Labels> groups = new ArrayList<>();

  /// Whether the name of a group's first series is to be dropped at the end, by number.
  private final List<Boolean> dropNames = new ArrayList<>();

  Aggregations(Evaluator evaluator, Expr.Aggregate node) {
    this.evaluator = evaluator;
    this.node = node;
    grouping = new HashSet<>(node.grouping());
    if (node.without()) {
      grouping.add(Labels.NAME);
    }
  }

  Value.Block eval(Grid grid) {
    double[] parameter = parameter(grid);
    Value.Block block = evaluator.vector(node.expr(), grid);
    int[] groupOf = numbered(block.columns());
    return switch (node.op()) {
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
          new Selections(evaluator, node, groups.size()).eval(block, groupOf, parameter);
      case COUNT_VALUES -> new CountValues(evaluator, node, groups).eval(block, groupOf);
      case QUANTILE -> quantile(block, groupOf, parameter);
      default -> folded(block, groupOf);
    };
  }

  private double[] parameter(Grid grid) {
    boolean number = node.parameter().isPresent() && node.op() != AggregateOp.COUNT_VALUES;
    return number ? evaluator.scalar(node.parameter().get(), grid) : new double[0];
  }

  private int[] numbered(List<Column> columns) {
    Map<Labels, Integer> numbers = new HashMap<>();
    int[] groupOf = new int[columns.size()];
    for (int c = 0; c < groupOf.length; c++) {
      Column column = columns.get(c);
      Labels labels = column.labels;
      Labels group =
          node.without()
              ? labels.drop(grouping)
              : grouping.isEmpty() ? Labels.EMPTY : labels.keep(grouping);
      groupOf[c] =
          numbers.computeIfAbsent(
              group,
              key -> {
                groups.add(key);
                dropNames.add(column.dropName);
                return groups.size() - 1;
              });
    }
    return groupOf;
  }

  private Value.Block folded(Value.Block block, int[] groupOf) {
    Fold[] folds = new Fold[groups.size()];
    for (int g = 0; g < folds.length; g++) {
      folds[g] = Fold.of(node, block.steps(), evaluator.notes);
    }
    for (int c = 0; c < groupOf.length; c++) {
      Column column = block.columns().get(c);
      Fold fold = folds[groupOf[c]];
      double[] cells = column.cells;
      for (int i = 0; i < cells.length; i++) {
        double cell = cells[i];
        if (Cell.isFloat(cell)) {
          fold.add(i, cell);
        } else if (Cell.isHistogram(cell)) {
          fold.add(i, column.histogram(i), column.labels.metricName());
        }
      }
    }
    List<Column> columns = new ArrayList<>(folds.length);
    for (int g = 0; g < folds.length; g++) {
      Column column = folds[g].column(groups.get(g), dropNames.get(g));
      if (!column.isEmpty()) {
        columns.add(column);
      }
    }
    return new Value.Block(block.steps(), columns);
  }

  private Value.Block quantile(Value.Block block, int[] groupOf, double[] parameter) {
    InstantFunctions.noteInvalidQuantiles(
        evaluator.notes, parameter, node.parameter().orElseThrow().pos());
    int[] sizes = new int[groups.size()];
    for (int group : groupOf) {
      sizes[group]++;
    }
    List<List<Column>> members = new ArrayList<>();
    for (int size : sizes) {
      members.add(new ArrayList<>(size));
    }
    for (int c = 0; c < groupOf.length; c++) {
      members.get(groupOf[c]).add(block.columns().get(c));
    }
    List<Column> columns = new ArrayList<>();
    for (int g = 0; g < sizes.length; g++) {
      Column out = Column.absent(groups.get(g), dropNames.get(g), block.steps());
      double[] values = new double[sizes[g]];
      for (int i = 0; i < block.steps(); i++) {
        int count = 0;
        for (Column column : members.get(g)) {
          double cell = column.cells[i];
          if (Cell.isFloat(cell)) {
            values[count++] = cell;
          } else if (Cell.isHistogram(cell)) {
            evaluator.notes.histogramIgnored("quantile", node.pos());
          }
        }
        if (count > 0) {
          out.cells[i] = Quantiles.of(parameter[i], values, count);
        }
      }
      if (!out.isEmpty()) {
        columns.add(out);
      }
    }
    return new Value.Block(block.steps(), columns);
  }
}
