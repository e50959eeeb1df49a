package io.trivigil.promql.eval;

import io.trivigil.model.FloatFormat;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the input series, unchanged.
final class Selections {
  private final Evaluator evaluator;
  private final Expr.Aggregate node;
  private final int groups;

  Selections(Evaluator evaluator, Expr.Aggregate node, int groups) {
    this.evaluator = evaluator;
    this.node = node;
    this.groups = groups;
  }

  Value.Block eval(Value.Block block, int[] groupOf, double[] parameter) {
    List<Column> all = block.columns();
    List<Column> out = new ArrayList<>(all.size());
    for (Column column : all) {
      out.add(Column.absent(column.labels, column.dropName, block.steps()));
    }
    List<List<Integer>> members = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      members.add(new ArrayList<>());
    }
    for (int c = 0; c < groupOf.length; c++) {
      members.get(groupOf[c]).add(c);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < block.steps(); i++) {
      double wanted = checked(parameter[i]);
      for (List<Integer> group : members) {
        for (int chosen : choose(all, group, i, wanted)) {
          out.get(chosen).copy(i, all.get(chosen), i);
          order.add(chosen);
        }
      }
    }
    if (block.steps() == 1) {
      return new Value.Block(1, order.stream().map(out::get).toList());
    }
    out.removeIf(Column::isEmpty);
    return new Value.Block(block.steps(), out);
  }

  private double checked(double parameter) {
    if (node.op() == AggregateOp.LIMIT_RATIO) {
      if (Double.isNaN(parameter)) {
        throw QueryException.execution("Ratio value is NaN");
      }
      if (Math.abs(parameter) > 1) {
        double capped = Math.signum(parameter);
        evaluator.notes.invalidRatio(parameter, capped, node.parameter().orElseThrow().pos());
        return capped;
      }
      return parameter;
    }
    if (Double.isNaN(parameter)) {
      throw QueryException.execution("Parameter value is NaN");
    }
    if (parameter >= 0x1p63 || parameter <= -0x1p63) {
      throw QueryException.execution(
          "Scalar value %s %s int64"
              .formatted(
                  FloatFormat.general(parameter), parameter > 0 ? "overflows" : "underflows"));
    }
    return parameter;
  }

  private List<Integer> choose(List<Column> all, List<Integer> group, int step, double wanted) {
    List<Integer> present = new ArrayList<>(group.size());
    boolean ranks = node.op() == AggregateOp.TOPK || node.op() == AggregateOp.BOTTOMK;
    for (int c : group) {
      double cell = all.get(c).cells[step];
      if (ranks && Cell.isHistogram(cell)) {
        evaluator.notes.histogramIgnored(node.op().text(), node.expr().pos());
      } else if (Cell.isPresent(cell)) {
        present.add(c);
      }
    }
    if (node.op() == AggregateOp.LIMIT_RATIO) {
      present.removeIf(c -> !LabelHash.isSampled(all.get(c).labels, wanted));
      return present;
    }
    if (ranks) {
      boolean down = node.op() == AggregateOp.TOPK;
      Comparator<Integer> order =
          (a, b) -> Sorting.compareValues(all.get(a).cells[step], all.get(b).cells[step], down);
      present.sort(order);
    }
    int count = (int) Math.min(present.size(), Math.max(0, (long) wanted));
    return present.subList(0, count);
  }
}
