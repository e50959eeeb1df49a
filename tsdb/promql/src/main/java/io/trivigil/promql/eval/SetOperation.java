package io.trivigil.promql.eval;

import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.List;

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

  /// Where each group has a value, by its number.
  private List<boolean[]> presence(Value.Block block, int steps) {
    List<boolean[]> presence = new ArrayList<>();
    for (List<Column> columns : signatures.groups(block.columns())) {
      presence.add(Signatures.presence(columns, steps));
    }
    return presence;
  }

  private void keep(List<Column> from, List<boolean[]> others, boolean wanted, List<Column> out) {
    for (Column column : from) {
      int group = signatures.of(column);
      boolean[] present = group < others.size() ? others.get(group) : null;
      if (present == null) {
        if (!wanted) {
          out.add(column);
        }
        continue;
      }
      Column kept = Column.absent(column.labelled, column.dropName, column.steps());
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
