package io.trivigil.promql.eval;

import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.plan.PlanNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Evaluates expressions over grids of time, one block per node.
///
/// A node that does not depend on the time is evaluated for one step and repeated.
final class Evaluator {
  final Selectors selectors;
  final Scan scan;
  final QueryContext context;
  final EvalOptions options;
  final Notes notes;
  final Grid query;
  final Profile profile;
  final SampleCounts counts;
  final Invariance invariance = new Invariance();
  final CommonParts common;
  final Calls calls = new Calls(this);
  private final Streams streams = new Streams(this);

  /// @param explain whether to find out what each part costs
  Evaluator(
      Querier querier,
      QueryContext context,
      EvalOptions options,
      Notes notes,
      Grid query,
      boolean explain) {
    this.profile = new Profile(context, explain);
    this.counts = new SampleCounts(context.isCountingSteps() ? query.size() : 0);
    this.selectors = new Selectors(querier, context, options, query, notes, profile, counts);
    this.scan = new Scan(context, notes, counts);
    this.common = new CommonParts(context, notes);
    this.context = context;
    this.options = options;
    this.notes = notes;
    this.query = query;
  }

  /// Evaluates a scalar, string or instant vector.
  Value eval(Expr expr, Grid grid) {
    context.check();
    profile.enter(expr);
    Value value = common.has(expr) ? counts.shared(() -> shared(expr, grid)) : evalHere(expr, grid);
    profile.ran(value instanceof Value.Block block ? block.columns().size() : 1);
    profile.leave();
    return value;
  }

  private Value shared(Expr expr, Grid grid) {
    Optional<Value> known = common.known(expr, grid, selectors);
    if (known.isPresent()) {
      profile.note(PlanNode.Way.SHARED);
      return known.get();
    }
    return common.evaluated(expr, grid, selectors, () -> evalHere(expr, grid));
  }

  private Value evalHere(Expr expr, Grid grid) {
    if (grid.size() > 1 && invariance.of(expr) && !isLeaf(expr)) {
      Value value = repeated(counts.once(() -> evalAll(expr, grid.first())), grid.size());
      profile.note(PlanNode.Way.ONCE);
      return value;
    }
    return evalAll(expr, grid);
  }

  private Value evalAll(Expr expr, Grid grid) {
    QueryContext.Mark held = context.mark();
    Value value =
        switch (expr) {
          case Expr.NumberLiteral n -> constant(n.value(), grid);
          case Expr.StringLiteral s -> new Value.Text(s.value());
          case Expr.Paren p -> eval(p.expr(), grid);
          case Expr.Unary u -> unary(u, grid);
          case Expr.VectorSelector v -> selectors.instant(v, grid, InstantReader.Content.VALUE, "");
          case Expr.Binary b -> new Binaries(this).eval(b, grid);
          case Expr.Aggregate a -> new Aggregations(this, a).eval(grid);
          case Expr.Call c -> calls.eval(c, grid);
          case Expr.MatrixSelector _, Expr.Subquery _ ->
              throw new IllegalStateException("a range is no value by itself: " + expr.print());
        };
    context.releaseTo(held);
    if (value instanceof Value.Block block) {
      context.hold(block.samples());
      context.holdBytes(block.bytes());
    }
    return value;
  }

  private static boolean isLeaf(Expr expr) {
    return expr instanceof Expr.NumberLiteral || expr instanceof Expr.StringLiteral;
  }

  private Value repeated(Value value, int steps) {
    return switch (value) {
      case Value.Text text -> text;
      case Value.Scalar scalar -> {
        double[] values = new double[steps];
        Arrays.fill(values, scalar.values()[0]);
        yield new Value.Scalar(values);
      }
      case Value.Block block -> {
        context.holdBytes(block.columns().size() * Column.bytes(steps));
        yield block.repeated(steps);
      }
    };
  }

  static Value.Scalar constant(double value, Grid grid) {
    double[] values = new double[grid.size()];
    Arrays.fill(values, value);
    return new Value.Scalar(values);
  }

  Value.Block vector(Expr expr, Grid grid) {
    if (eval(expr, grid) instanceof Value.Block block) {
      return block;
    }
    throw new IllegalStateException("no vector: " + expr.print());
  }

  /// Shows a vector's series one after the other, without keeping them where that is possible. A
  /// column is the sink's until it returns.
  ///
  /// @param nameMatters whether the sink looks at the names of series without histograms
  void stream(Expr expr, Grid grid, boolean nameMatters, Consumer<Column> sink) {
    Optional<Streams.Stream> stream = streams.of(expr, grid, nameMatters);
    if (stream.isPresent()) {
      stream.get().forEach(sink);
    } else {
      vector(expr, grid).columns().forEach(sink);
    }
  }

  double[] scalar(Expr expr, Grid grid) {
    if (eval(expr, grid) instanceof Value.Scalar scalar) {
      return scalar.values();
    }
    throw new IllegalStateException("no scalar: " + expr.print());
  }

  String text(Expr expr) {
    if (expr.unwrapped() instanceof Expr.StringLiteral literal) {
      return literal.value();
    }
    throw new IllegalStateException("no string: " + expr.print());
  }

  private Value unary(Expr.Unary u, Grid grid) {
    Value value = eval(u.expr(), grid);
    if (!u.minus()) {
      return value;
    }
    return switch (value) {
      case Value.Text text -> text;
      case Value.Scalar scalar -> {
        double[] negated = scalar.values().clone();
        for (int i = 0; i < negated.length; i++) {
          negated[i] = -negated[i];
        }
        yield new Value.Scalar(negated);
      }
      case Value.Block block ->
          map(block, true, cell -> -cell, histogram -> HistogramOps.scaled(histogram, -1));
    };
  }

  Column negated(Column column, boolean nameMatters) {
    return map(
        column, true, nameMatters, cell -> -cell, histogram -> HistogramOps.scaled(histogram, -1));
  }

  /// A function of one float.
  interface FloatMap {
    double apply(double cell);
  }

  /// A function of one histogram; null to leave it out.
  interface HistogramMap {
    io.trivigil.model.@org.jspecify.annotations.Nullable FloatHistogram apply(
        io.trivigil.model.FloatHistogram histogram);
  }

  /// Every cell mapped; series that become equal are joined.
  Value.Block map(Value.Block block, boolean dropName, FloatMap floats, HistogramMap histograms) {
    List<Column> mapped = new ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      Column out = map(column, dropName, true, floats, histograms);
      if (!out.isEmpty()) {
        mapped.add(out);
      }
    }
    return finished(new Value.Block(block.steps(), mapped), dropName);
  }

  /// Every cell of a column mapped.
  ///
  /// @param nameMatters whether the name has to be dropped where there are no histograms
  Column map(
      Column column,
      boolean dropName,
      boolean nameMatters,
      FloatMap floats,
      HistogramMap histograms) {
    Column out = renamed(column, dropName, nameMatters, column.steps());
    for (int i = 0; i < column.steps(); i++) {
      double cell = column.cells[i];
      if (Cell.isFloat(cell)) {
        out.cells[i] = floats.apply(cell);
      } else if (Cell.isHistogram(cell)) {
        io.trivigil.model.FloatHistogram result = histograms.apply(column.histogram(i));
        if (result != null) {
          out.set(i, result);
        }
      }
    }
    return out;
  }

  /// An empty column for the result of an operation on `column`.
  Column renamed(Column column, boolean dropName, int steps) {
    return renamed(column, dropName, true, steps);
  }

  /// As above.
  ///
  /// @param nameMatters whether the name has to be dropped where there are no histograms
  Column renamed(Column column, boolean dropName, boolean nameMatters, int steps) {
    boolean now = dropName && (nameMatters || column.histograms != null);
    return Column.absent(resultLabels(column.labelled, now), column.dropName || dropName, steps);
  }

  /// The labels after an operation: names go now, or at the end of the query.
  Labelled resultLabels(Labelled labels, boolean dropName) {
    return dropName && !options.features().delayedNameRemoval() ? Nameless.of(labels) : labels;
  }

  /// Whether series of this selector still differ when their names are dropped.
  boolean namesStayApart(Expr.VectorSelector selector) {
    if (options.features().delayedNameRemoval()) {
      return true;
    }
    for (Matcher matcher : selector.matchers()) {
      if (matcher.name().equals(Labels.NAME) && matcher.op() == Matcher.Op.EQUALS) {
        return true;
      }
    }
    return false;
  }

  /// Joins what became equal when names were dropped.
  Value.Block finished(Value.Block block, boolean dropName) {
    return dropName && !options.features().delayedNameRemoval() ? block.merged() : block;
  }

  /// Shows each series of a range argument.
  Ranges ranges(Expr expr, Grid grid, String function) {
    return new Ranges(this, expr.unwrapped(), grid, function);
  }

  /// The top of a query: names that were to be dropped at the end are dropped.
  Value evalTop(Expr expr, Grid grid) {
    if (selectors.share(expr)) {
      common.find(expr);
    }
    Value value = eval(expr, grid);
    return value instanceof Value.Block block ? cleaned(block) : value;
  }

  private Value.Block cleaned(Value.Block block) {
    boolean any = block.columns().stream().anyMatch(column -> column.dropName);
    if (!any) {
      return block;
    }
    List<Column> columns = new ArrayList<>(block.columns().size());
    for (Column column : block.columns()) {
      columns.add(
          column.dropName ? column.relabelled(Nameless.of(column.labelled), false) : column);
    }
    return new Value.Block(block.steps(), columns).merged();
  }

  static QueryException internal(Expr expr) {
    return QueryException.execution(
        "expression of type %s can not be evaluated".formatted(expr.type().text()));
  }

  static boolean isMatrix(Expr expr) {
    return expr.type() == ValueType.MATRIX;
  }
}
