package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// `info`: adds the labels of info series (`target_info` unless said otherwise) to the series that
/// have the same `instance` and `job`.
final class InfoJoin {
  private static final Set<String> IDENTIFYING = Set.of("instance", "job");

  private final Evaluator evaluator;
  private final List<Matcher> nameMatchers = new ArrayList<>();

  /// Conditions on data labels, by label.
  private final Map<String, List<Matcher>> dataMatchers = new LinkedHashMap<>();

  InfoJoin(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Value eval(Expr.Call call, Grid grid) {
    Value.Block base = evaluator.vector(call.args().get(0), grid);
    if (call.args().size() > 1
        && call.args().get(1).unwrapped() instanceof Expr.VectorSelector labels) {
      for (Matcher matcher : labels.matchers()) {
        if (matcher.name().equals(Labels.NAME)) {
          nameMatchers.add(matcher);
        } else {
          dataMatchers.computeIfAbsent(matcher.name(), key -> new ArrayList<>()).add(matcher);
        }
      }
    }
    if (nameMatchers.isEmpty()) {
      nameMatchers.add(Matcher.equal(Labels.NAME, "target_info"));
    }
    List<Column> plain = new ArrayList<>();
    List<Column> enriched = new ArrayList<>();
    for (Column column : base.columns()) {
      String name = column.labels().metricName();
      boolean isInfo = nameMatchers.stream().allMatch(matcher -> matcher.test(name));
      (isInfo ? plain : enriched).add(column);
    }
    Value.Block infos = infoSeries(enriched, grid, call);
    Map<Labels, Map<String, List<Column>>> byIdentity = byIdentity(infos);
    for (Column column : enriched) {
      join(column, byIdentity.getOrDefault(column.labels().keep(IDENTIFYING), Map.of()), plain);
    }
    return new Value.Block(grid.size(), plain).merged();
  }

  /// The info series that may matter; their cells are the times of their samples.
  private Value.Block infoSeries(List<Column> base, Grid grid, Expr.Call call) {
    List<Matcher> matchers = new ArrayList<>(nameMatchers);
    boolean any = false;
    for (String label : IDENTIFYING) {
      TreeSet<String> values = new TreeSet<>();
      base.forEach(column -> values.add(column.labels().get(label)));
      values.remove("");
      if (!values.isEmpty()) {
        any = true;
        String pattern = String.join("|", values.stream().map(InfoJoin::quoted).toList());
        matchers.add(Matcher.of(label, Matcher.Op.MATCHES, pattern));
      }
    }
    if (!any) {
      return new Value.Block(grid.size(), List.of());
    }
    dataMatchers.values().forEach(matchers::addAll);
    Expr.VectorSelector selector =
        new Expr.VectorSelector(
            "", matchers, pinned(call.args().get(0)), Expr.Extension.NONE, call.pos());
    return evaluator.selectors.instant(selector, grid, InstantReader.Content.TIMESTAMP, "info");
  }

  // A selector that is pinned to a moment is described by the info series of that moment.
  private static Expr.TimeShift pinned(Expr described) {
    List<Expr.TimeShift> shifts = new ArrayList<>();
    described.walk(
        node -> {
          if (node instanceof Expr.VectorSelector selector) {
            shifts.add(new Expr.TimeShift(selector.shift().at(), java.util.Optional.empty()));
          }
        });
    return shifts.isEmpty() ? Expr.TimeShift.NONE : shifts.getFirst();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= 0x80 || Character.isLetterOrDigit(c) || c == '_';
      out.append(plain ? "" : "\\").append(c);
    }
    return out.toString();
  }

  private static Map<Labels, Map<String, List<Column>>> byIdentity(Value.Block infos) {
    Map<Labels, Map<String, List<Column>>> found = new HashMap<>();
    for (Column info : infos.columns()) {
      found
          .computeIfAbsent(info.labels().keep(IDENTIFYING), key -> new TreeMap<>())
          .computeIfAbsent(info.labels().metricName(), key -> new ArrayList<>())
          .add(info);
    }
    return found;
  }

  private void join(Column column, Map<String, List<Column>> infos, List<Column> out) {
    Map<List<Column>, Column> results = new LinkedHashMap<>();
    for (int i = 0; i < column.steps(); i++) {
      if (!Cell.isPresent(column.cells[i])) {
        continue;
      }
      List<Column> chosen = new ArrayList<>(infos.size());
      for (List<Column> candidates : infos.values()) {
        Column newest = newest(candidates, i);
        if (newest != null) {
          chosen.add(newest);
        }
      }
      if (chosen.isEmpty() && !mayBeAbsent()) {
        continue;
      }
      results
          .computeIfAbsent(
              chosen, key -> Column.absent(labels(column, key), column.dropName, column.steps()))
          .copy(i, column, i);
    }
    out.addAll(results.values());
  }

  private boolean mayBeAbsent() {
    return dataMatchers.values().stream().flatMap(List::stream).allMatch(Matcher::acceptsEmpty);
  }

  private static @org.jspecify.annotations.Nullable Column newest(
      List<Column> candidates, int step) {
    Column newest = null;
    for (Column candidate : candidates) {
      double time = candidate.cells[step];
      if (!Cell.isPresent(time)) {
        continue;
      }
      if (newest != null && newest.cells[step] == time) {
        long ms = Math.round(time * 1000);
        throw QueryException.execution(
            "found duplicate series for info metric: existing %s @ %d, new %s @ %d"
                .formatted(newest.labels(), ms, candidate.labels(), ms));
      }
      if (newest == null || newest.cells[step] < time) {
        newest = candidate;
      }
    }
    return newest;
  }

  private Labels labels(Column base, List<Column> infos) {
    Labels.Builder added = new Labels.Builder();
    for (Column info : infos) {
      info.labels()
          .forEach(
              (name, value) -> {
                boolean wanted =
                    !name.equals(Labels.NAME)
                        && (dataMatchers.isEmpty() || dataMatchers.containsKey(name));
                if (!wanted) {
                  return;
                }
                if (added.has(name) && !added.get(name).equals(value)) {
                  throw QueryException.execution("conflicting label: " + name);
                }
                if (!base.labels().has(name)) {
                  added.set(name, value);
                }
              });
    }
    Labels.Builder all = base.labels().toBuilder();
    added.build().forEach(all::set);
    return all.build();
  }
}
