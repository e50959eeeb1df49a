package io.trivigil.promql.eval;

import io.trivigil.model.FloatFormat;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.Expr;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;

/// `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the input series, unchanged.
final class Selections {
  /// Up to so many are kept in order as they are found; to find more, all are sorted.
  private static final int INSERTED = 32;

  private final Evaluator evaluator;
  private final Expr.Aggregate node;
  private final int groups;
  private final IntArrayList chosen = new IntArrayList();

  Selections(Evaluator evaluator, Expr.Aggregate node, int groups) {
    this.evaluator = evaluator;
    this.node = node;
    this.groups = groups;
  }

  Value.Block eval(Value.Block block, int[] groupOf, double[] parameter) {
    List<Column> all = block.columns();
    List<Column> out = new ArrayList<>(all.size());
    for (Column column : all) {
      out.add(Column.absent(column.labelled, column.dropName, block.steps()));
    }
    int[][] members = members(groupOf);
    IntArrayList order = new IntArrayList();
    for (int i = 0; i < block.steps(); i++) {
      double wanted = checked(parameter[i]);
      for (int[] group : members) {
        choose(all, group, i, wanted);
        for (int k = 0; k < chosen.size(); k++) {
          int c = chosen.getInt(k);
          out.get(c).copy(i, all.get(c), i);
          order.add(c);
        }
      }
    }
    if (block.steps() == 1) {
      return new Value.Block(1, order.intStream().mapToObj(out::get).toList());
    }
    out.removeIf(Column::isEmpty);
    return new Value.Block(block.steps(), out);
  }

  /// The numbers of each group's columns, in their order.
  private int[][] members(int[] groupOf) {
    int[] sizes = new int[groups];
    for (int group : groupOf) {
      sizes[group]++;
    }
    int[][] members = new int[groups][];
    for (int g = 0; g < groups; g++) {
      members[g] = new int[sizes[g]];
    }
    for (int c = groupOf.length - 1; c >= 0; c--) {
      members[groupOf[c]][--sizes[groupOf[c]]] = c;
    }
    return members;
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

  /// Puts the numbers of the columns that a group keeps at a step into `chosen`, in their order.
  private void choose(List<Column> all, int[] group, int step, double wanted) {
    chosen.clear();
    boolean ranks = node.op() == AggregateOp.TOPK || node.op() == AggregateOp.BOTTOMK;
    boolean down = node.op() == AggregateOp.TOPK;
    boolean ratio = node.op() == AggregateOp.LIMIT_RATIO;
    int most = ratio ? group.length : (int) Math.min(group.length, Math.max(0, (long) wanted));
    for (int c : group) {
      double cell = all.get(c).cells[step];
      if (ranks && Cell.isHistogram(cell)) {
        evaluator.notes.histogramIgnored(node.op().text(), node.expr().pos());
      } else if (Cell.isPresent(cell)) {
        if (ranks && most <= INSERTED) {
          insert(all, step, c, most, down);
        } else if (!ratio || LabelHash.isSampled(all.get(c).labels(), wanted)) {
          chosen.add(c);
        }
      }
    }
    if (ranks && most > INSERTED) {
      chosen.unstableSort( // ties are told apart by number, as a stable sort leaves them
          (a, b) -> {
            int order = compare(all, step, a, b, down);
            return order == 0 ? Integer.compare(a, b) : order;
          });
    }
    if (chosen.size() > most) {
      chosen.size(most);
    }
  }

  /// Puts a column among the best so far, behind its equals, if it is one of them.
  private void insert(List<Column> all, int step, int c, int most, boolean down) {
    int at = chosen.size();
    while (at > 0 && compare(all, step, c, chosen.getInt(at - 1), down) < 0) {
      at--;
    }
    if (at < most) {
      if (chosen.size() == most) {
        chosen.size(most - 1);
      }
      chosen.add(at, c);
    }
  }

  private static int compare(List<Column> all, int step, int a, int b, boolean down) {
    return Sorting.compareValues(all.get(a).cells[step], all.get(b).cells[step], down);
  }
}
