package io.trivigil.promql.eval;

import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.promql.ast.VectorMatching.Card;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Arithmetic and comparison between two vectors.
///
/// The sides are called *many* and *one*; with one-to-one matching the left side is the many. Match
/// groups are found once per series; whether a group is ambiguous is decided step by step, because
/// series that exclude each other in time do not disturb each other.
final class VectorMatcher {
  private final Evaluator evaluator;
  private final VectorMatching matching;
  private final Elements elements;
  private final Signatures signatures;
  private final boolean swapped;
  private final boolean dropName;
  private final Set<String> matchLabels;

  VectorMatcher(Evaluator evaluator, Expr.Binary node, Elements elements) {
    this.evaluator = evaluator;
    this.elements = elements;
    matching = node.matching().orElseThrow();
    signatures = new Signatures(matching);
    swapped = isSwapped(node);
    dropName = node.op().dropsName() || node.bool();
    matchLabels = new HashSet<>(matching.labels());
  }

  /// The side that may have many series in a match group.
  static Expr many(Expr.Binary node) {
    return isSwapped(node) ? node.right() : node.left();
  }

  /// The other side.
  static Expr one(Expr.Binary node) {
    return isSwapped(node) ? node.left() : node.right();
  }

  private static boolean isSwapped(Expr.Binary node) {
    return node.matching().orElseThrow().card() == Card.ONE_TO_MANY;
  }

  Value.Block apply(Value.Block left, Value.Block right) {
    return swapped ? match(right, left) : match(left, right);
  }

  /// All series of the "many" side and of the other.
  Value.Block match(Value.Block many, Value.Block one) {
    int steps = many.steps();
    List<List<Column>> manyGroups = signatures.groups(many.columns());
    List<List<Column>> oneGroups = signatures.groups(one.columns());
    checkOneSide(many, one, oneGroups);
    // As Prometheus has it: "left" is the many side, also where group_right swaps the sides.
    OptionalDouble fillOne = matching.fillRight();
    OptionalDouble fillMany = matching.fillLeft();
    List<Column> out = new ArrayList<>();
    for (int g = 0; g < manyGroups.size(); g++) {
      List<Column> ones = Signatures.group(oneGroups, g);
      if (!ones.isEmpty() || fillOne.isPresent()) {
        group(signatures.labels(g), manyGroups.get(g), ones, fillOne, steps, out);
      }
    }
    if (fillMany.isPresent()) {
      for (int g = 0; g < oneGroups.size(); g++) {
        List<Column> columns = Signatures.group(manyGroups, g);
        double fill = fillMany.getAsDouble();
        fillMany(signatures.labels(g), columns, oneGroups.get(g), fill, steps, out);
      }
    }
    return new Value.Block(steps, out).merged();
  }

  /// Matches the "many" side series by series, as they come, where neither side is filled in. Empty
  /// where the "one" side has two values of a match group at a step: whether that is an error
  /// depends on all of the many.
  ///
  /// @param nameMatters whether the sink looks at the names of series without histograms
  Optional<Consumer<Column>> onePass(Value.Block one, boolean nameMatters, Consumer<Column> sink) {
    List<List<Column>> oneGroups = signatures.groups(one.columns());
    for (List<Column> columns : oneGroups) {
      if (columns.size() > 1 && overlap(columns, one.steps())) {
        return Optional.empty();
      }
    }
    return Optional.of(new OnePass(oneGroups, one.steps(), nameMatters, sink));
  }

  private static boolean overlap(List<Column> columns, int steps) {
    boolean[] seen = new boolean[steps];
    for (Column column : columns) {
      for (int i = 0; i < steps; i++) {
        if (Cell.isPresent(column.cells[i])) {
          if (seen[i]) {
            return true;
          }
          seen[i] = true;
        }
      }
    }
    return false;
  }

  /// Two values of one match group on the "one" side are an error, unless there is nothing to
  /// match.
  private void checkOneSide(Value.Block many, Value.Block one, List<List<Column>> oneGroups) {
    boolean[] relevant = null;
    for (int g = 0; g < oneGroups.size(); g++) {
      List<Column> columns = oneGroups.get(g);
      if (columns.size() < 2) {
        continue;
      }
      if (relevant == null) {
        relevant = Signatures.presence(many.columns(), many.steps());
        if (matching.fills()) {
          Arrays.fill(relevant, true);
        }
      }
      for (int i = 0; i < one.steps(); i++) {
        Column first = null;
        for (Column column : columns) {
          if (!relevant[i] || !Cell.isPresent(column.cells[i])) {
            continue;
          }
          if (first != null) {
            throw duplicate(signatures.labels(g), first.labels(), column.labels());
          }
          first = column;
        }
      }
    }
  }

  private QueryException duplicate(Labels group, Labels a, Labels b) {
    boolean inOrder = a.compareTo(b) <= 0;
    return QueryException.execution(
        ("found duplicate series for the match group %s on the %s hand-side of the operation: [%s,"
                + " %s];many-to-many matching not allowed: matching labels must be unique on one"
                + " side")
            .formatted(group, swapped ? "left" : "right", inOrder ? a : b, inOrder ? b : a));
  }

  private void group(
      Labels group,
      List<Column> columns,
      List<Column> ones,
      OptionalDouble fillOne,
      int steps,
      List<Column> out) {
    Results results = new Results(steps);
    for (Column many : columns) {
      evaluator.context.check();
      for (Column one : ones) {
        Column result = result(many, one, many.dropName);
        for (int i = 0; i < steps; i++) {
          if (Cell.isPresent(many.cells[i]) && Cell.isPresent(one.cells[i])) {
            results.match(i);
            combine(many, one, i, result);
          }
        }
        results.add(result);
      }
      if (fillOne.isPresent()) {
        boolean[] present = Signatures.presence(ones, steps);
        Column filler = filler(group, fillOne.getAsDouble(), steps);
        Column result = result(many, filler, many.dropName);
        for (int i = 0; i < steps; i++) {
          if (Cell.isPresent(many.cells[i]) && !present[i]) {
            results.match(i);
            combine(many, filler, i, result);
          }
        }
        results.add(result);
      }
    }
    out.addAll(results.columns());
  }

  private void fillMany(
      Labels group,
      List<Column> columns,
      List<Column> ones,
      double fill,
      int steps,
      List<Column> out) {
    boolean[] present = Signatures.presence(columns, steps);
    Column filler = filler(group, fill, steps);
    for (Column one : ones) {
      Column result = result(filler, one, false);
      for (int i = 0; i < steps; i++) {
        if (Cell.isPresent(one.cells[i]) && !present[i]) {
          combine(filler, one, i, result);
        }
      }
      if (!result.isEmpty()) {
        out.add(result);
      }
    }
  }

  private static Column filler(Labels group, double value, int steps) {
    double[] cells = new double[steps];
    Arrays.fill(cells, Cell.clean(value));
    return new Column(group, false, cells);
  }

  private void combine(Column many, Column one, int step, Column result) {
    double cell = swapped ? elements.apply(one, many, step) : elements.apply(many, one, step);
    if (Cell.isPresent(cell)) {
      elements.store(result, step, cell);
    }
  }

  /// An empty column with the labels of a result.
  private Column result(Column many, Column one, boolean manyDropsName) {
    Labelled labels = labels(evaluator.resultLabels(many.labelled, dropName), one);
    return Column.absent(labels, manyDropsName || dropName, many.steps());
  }

  private Labelled labels(Labelled many, Column one) {
    boolean kept = matching.card() != Card.ONE_TO_ONE || (!matching.on() && matchLabels.isEmpty());
    if (kept && matching.include().isEmpty()) {
      return many;
    }
    Labels labels = many.labels();
    if (matching.card() == Card.ONE_TO_ONE) {
      labels = matching.on() ? labels.keep(matchLabels) : labels.drop(matchLabels);
    }
    for (String name : matching.include()) {
      labels = labels.with(name, one.labels().get(name));
    }
    return labels;
  }

  private static QueryException tooMany() {
    return QueryException.execution(
        "multiple matches for labels: many-to-one matching must be explicit"
            + " (group_left/group_right)");
  }

  /// The many side against the columns of the one side, where at each step at most one of a group
  /// has a value.
  private final class OnePass implements Consumer<Column> {
    private final List<List<Column>> oneGroups;
    private final boolean nameMatters;
    private final Consumer<Column> sink;
    private final double[] cells;

    /// Where a group has had its match, for one-to-one.
    private final @Nullable BitSet[] matched;

    OnePass(List<List<Column>> oneGroups, int steps, boolean nameMatters, Consumer<Column> sink) {
      this.oneGroups = oneGroups;
      this.nameMatters = nameMatters;
      this.sink = sink;
      cells = new double[steps];
      matched = new BitSet[matching.card() == Card.ONE_TO_ONE ? oneGroups.size() : 0];
    }

    @Override
    public void accept(Column many) {
      int group = signatures.of(many);
      for (Column one : Signatures.group(oneGroups, group)) {
        Arrays.fill(cells, Cell.ABSENT);
        Column result = new Column(many.labelled, many.dropName || dropName, cells);
        if (combine(many, one, group, result)) {
          boolean rename = dropName && (nameMatters || result.histograms != null);
          Labelled labels = labels(evaluator.resultLabels(many.labelled, rename), one);
          sink.accept(result.relabelled(labels, result.dropName));
        }
      }
    }

    private boolean combine(Column many, Column one, int group, Column result) {
      boolean any = false;
      for (int i = 0; i < cells.length; i++) {
        if (Cell.isPresent(many.cells[i]) && Cell.isPresent(one.cells[i])) {
          match(group, i);
          VectorMatcher.this.combine(many, one, i, result);
          any |= Cell.isPresent(cells[i]);
        }
      }
      return any;
    }

    /// Two pairs are too many for one-to-one, even if a comparison drops one of them.
    private void match(int group, int step) {
      if (matched.length == 0) {
        return;
      }
      BitSet steps = matched[group];
      if (steps == null) {
        steps = new BitSet(cells.length);
        matched[group] = steps;
      }
      if (steps.get(step)) {
        throw tooMany();
      }
      steps.set(step);
    }
  }

  /// The results of one match group, checked for matches that are not unique.
  private final class Results {
    private final boolean[] matched;
    private final List<Column> results = new ArrayList<>(1);
    private final GroupIndex index = GroupIndex.without(Set.of());

    Results(int steps) {
      matched = new boolean[steps];
    }

    /// Two pairs are too many for one-to-one, even if a comparison drops one of them.
    void match(int step) {
      if (matching.card() == Card.ONE_TO_ONE && matched[step]) {
        throw tooMany();
      }
      matched[step] = true;
    }

    void add(Column result) {
      if (result.isEmpty()) {
        return;
      }
      int number = index.of(result);
      if (number < results.size()) {
        join(results.get(number), result);
      } else {
        results.add(result);
        evaluator.context.holdBytes(result.bytes());
      }
    }

    private void join(Column known, Column result) {
      for (int i = 0; i < known.steps(); i++) {
        if (Cell.isPresent(result.cells[i])) {
          if (Cell.isPresent(known.cells[i])) {
            throw QueryException.execution(
                "multiple matches for labels: grouping labels must ensure unique matches");
          }
          known.copy(i, result, i);
        }
      }
    }

    List<Column> columns() {
      return results;
    }
  }
}
