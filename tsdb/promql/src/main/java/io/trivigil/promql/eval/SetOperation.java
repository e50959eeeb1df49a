package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `and`, `or`, `unless`: per step, by presence in the other side's match group.
final class SetOperation {
  private final BinaryOp op;
  private final Signatures signatures;

  SetOperation(Expr.Binary node) {
    op = node.op();
    signatures = new Signatures(node.matching().orElseThrow());
  }

  Value.Block apply(Value.Block left, Value.Block right) {
    int steps = left.steps();
    List<Column> columns = new ArrayList<>();
    if (op == BinaryOp.OR) {
      columns.addAll(left.columns());
      keep(right.columns(), presence(left, steps), false, columns);
      return new Value.Block(steps, columns).merged();
    }
    keep(left.columns(), presence(right, steps), op == BinaryOp.AND, columns);
    return new Value.Block(steps, columns);
  }

  private Map<Labels, boolean[]> presence(Value.Block block, int steps) {
    Map<Labels, boolean[]> presence = new HashMap<>();
    signatures
        .groups(block.columns())
        .forEach((group, columns) -> presence.put(group, Signatures.presence(columns, steps)));
    return presence;
  }

  private void keep(
      List<Column> from, Map<Labels, boolean[]> others, boolean wanted, List<Column> out) {
    for (Column column : from) {
      boolean[] present = others.get(signatures.of(column.labels));
      if (present == null) {
        if (!wanted) {
          out.add(column);
        }
        continue;
      }
      Column kept = Column.absent(column.labels, column.dropName, column.steps());
      for (int i = 0; i < column.steps(); i++) {
        if (present[i] == wanted) {
          kept.copy(i, column, i);
        }
      }
      if (!kept.isEmpty()) {
        out.add(kept);
      }
    }
  }
}
