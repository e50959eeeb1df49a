package io.trivigil.promql.eval;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/// `count_values`: how many series of a group have which value.
final class CountValues {
  private final Evaluator evaluator;
  private final Expr.Aggregate node;
  private final IntFunction<Labels> groups;

  CountValues(Evaluator evaluator, Expr.Aggregate node, IntFunction<Labels> groups) {
    this.evaluator = evaluator;
    this.node = node;
    this.groups = groups;
  }

  Value.Block eval(Value.Block block, int[] groupOf) {
    String label = evaluator.text(node.parameter().orElseThrow());
    if (!Names.isUtf8Name(label)) {
      throw QueryException.execution("invalid label name " + GoStrings.quote(label));
    }
    Map<Labels, Column> columns = new LinkedHashMap<>();
    for (int c = 0; c < groupOf.length; c++) {
      Column column = block.columns().get(c);
      Labels group = groups.apply(groupOf[c]);
      for (int i = 0; i < block.steps(); i++) {
        double cell = column.cells[i];
        if (!Cell.isPresent(cell)) {
          continue;
        }
        String value =
            Cell.isHistogram(cell) ? column.histogram(i).toString() : FloatFormat.plain(cell);
        Labels labels = group.with(label, value);
        Column out =
            columns.computeIfAbsent(labels, key -> Column.absent(key, false, block.steps()));
        out.cells[i] = Cell.isPresent(out.cells[i]) ? out.cells[i] + 1 : 1;
      }
    }
    return new Value.Block(block.steps(), new ArrayList<>(columns.values()));
  }
}
