package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.Regex;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `label_replace`, `label_join`, `info`.
final class LabelFunctions {
  private final Evaluator evaluator;

  LabelFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Value eval(Expr.Call call, Grid grid) {
    return switch (call.function().name()) {
      case "label_replace" -> replace(call, grid);
      case "label_join" -> join(call, grid);
      default -> new InfoJoin(evaluator).eval(call, grid);
    };
  }

  private Value replace(Expr.Call call, Grid grid) {
    String target = evaluator.text(call.args().get(1));
    String replacement = evaluator.text(call.args().get(2));
    String source = evaluator.text(call.args().get(3));
    String pattern = evaluator.text(call.args().get(4));
    Regex regex;
    try {
      regex = Regex.anchoredDotAll(pattern);
    } catch (IllegalArgumentException e) {
      throw QueryException.execution("invalid regular expression in label_replace(): " + pattern);
    }
    if (!Names.isUtf8Name(target)) {
      throw QueryException.execution(
          "invalid destination label name in label_replace(): " + target);
    }
    return relabelled(
        evaluator.vector(call.args().get(0), grid),
        target,
        labels -> regex.expandFirst(labels.get(source), replacement));
  }

  private Value join(Expr.Call call, Grid grid) {
    String target = evaluator.text(call.args().get(1));
    String separator = evaluator.text(call.args().get(2));
    List<String> sources =
        call.args().subList(3, call.args().size()).stream().map(evaluator::text).toList();
    for (String source : sources) {
      if (!Names.isUtf8Name(source)) {
        throw QueryException.execution("invalid source label name in label_join(): " + source);
      }
    }
    if (!Names.isUtf8Name(target)) {
      throw QueryException.execution("invalid destination label name in label_join(): " + target);
    }
    return relabelled(
        evaluator.vector(call.args().get(0), grid),
        target,
        labels -> Optional.of(String.join(separator, sources.stream().map(labels::get).toList())));
  }

  private interface NewValue {
    Optional<String> of(Labels labels);
  }

  private static Value relabelled(Value.Block block, String target, NewValue change) {
    List<Column> columns = new ArrayList<>(block.columns().size());
    boolean named = target.equals(Labels.NAME);
    for (Column column : block.columns()) {
      Optional<String> value = change.of(column.labels());
      columns.add(
          value.isEmpty()
              ? column
              : column.relabelled(
                  column.labels().with(target, value.get()), column.dropName && !named));
    }
    return new Value.Block(block.steps(), columns).merged();
  }
}
