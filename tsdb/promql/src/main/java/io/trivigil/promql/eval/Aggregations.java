package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Aggregators. The group of a series is found once; then cells are added up by number.
final class Aggregations {
  private final Evaluator evaluator;
  private final Expr.Aggregate node;

  private final GroupIndex index;

  /// Whether the name of a group's first series is to be dropped at the end, by number.
  private final List<Boolean> dropNames = new ArrayList<>();

  Aggregations(Evaluator evaluator, Expr.Aggregate node) {
    this.evaluator = evaluator;
    this.node = node;
    if (node.without()) {
      Set<String> names = new HashSet<>(node.grouping());
      names.add(Labels.NAME);
      index = GroupIndex.without(names);
    } else {
      index = GroupIndex.by(node.grouping());
    }
  }

  Value.Block eval(Grid grid) {
    double[] parameter = parameter(grid);
    boolean before = evaluator.selectors.sorted;
    // Which of equal series come first matters only where some of them are chosen.
    evaluator.selectors.sorted = node.op().selects();
    Value.Block block =
        node.op().folds()
            ? folded(grid)
            : materialised(evaluator.vector(node.expr(), grid), parameter);
    evaluator.selectors.sorted = before;
    if (before && !node.op().selects()) {
      block.columns().sort(Comparator.comparing(Column::labels));
    }
    return block;
  }

  private Value.Block materialised(Value.Block block, double[] parameter) {
    int[] groupOf = numbered(block.columns());
    return switch (node.op()) {
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
          new Selections(evaluator, node, index.count()).eval(block, groupOf, parameter);
      case COUNT_VALUES -> new CountValues(evaluator, node, index::labels).eval(block, groupOf);
      default -> quantile(block, groupOf, parameter);
    };
  }

  private double[] parameter(Grid grid) {
    boolean number = node.parameter().isPresent() && node.op() != AggregateOp.COUNT_VALUES;
    return number ? evaluator.scalar(node.parameter().get(), grid) : new double[0];
  }

  private int[] numbered(List<Column> columns) {
    int[] groupOf = new int[columns.size()];
    for (int c = 0; c < groupOf.length; c++) {
      groupOf[c] = group(columns.get(c));
    }
    return groupOf;
  }

  private int group(Column column) {
    int group = index.of(column);
    if (group == dropNames.size()) {
      dropNames.add(column.dropName);
    }
    return group;
  }

  private Value.Block folded(Grid grid) {
    List<Fold> folds = new ArrayList<>();
    evaluator.stream(
        node.expr(),
        grid,
        !node.without() && node.grouping().contains(Labels.NAME),
        column -> {
          int group = group(column);
          if (group == folds.size()) {
            folds.add(Fold.of(node, grid.size(), evaluator.notes));
            evaluator.context.hold(grid.size());
            evaluator.context.holdBytes(Fold.bytes(grid.size()));
          }
          folds.get(group).add(column);
        });
    List<Column> columns = new ArrayList<>(folds.size());
    for (int g = 0; g < folds.size(); g++) {
      Column column = folds.get(g).column(index.labels(g), dropNames.get(g));
      if (!column.isEmpty()) {
        columns.add(column);
      }
    }
    return new Value.Block(grid.size(), columns);
  }

  private Value.Block quantile(Value.Block block, int[] groupOf, double[] parameter) {
    InstantFunctions.noteInvalidQuantiles(
        evaluator.notes, parameter, node.parameter().orElseThrow().pos());
    int[] sizes = new int[index.count()];
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
      Column out = Column.absent(index.labels(g), dropNames.get(g), block.steps());
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
