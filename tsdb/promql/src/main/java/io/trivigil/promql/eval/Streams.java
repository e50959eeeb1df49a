package io.trivigil.promql.eval;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.ast.VectorMatching;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Vectors that can be shown series by series as they are read, so that nothing keeps them all:
/// selectors, range functions of range selectors, what maps these cell by cell, and what matches
/// them with another vector.
///
/// A stream can not find out that two of its series became equal when their names were dropped; so
/// where names are dropped, the selector must be for one name.
final class Streams {
  /// A vector, once. Its columns are the sink's until it returns.
  interface Stream {
    void forEach(Consumer<Column> sink);

    /// Whether some of its series may have one of these labels.
    boolean mayHave(Collection<String> labels);

    /// How many series it has at most.
    int maxSeries();

    /// The same series, each mapped.
    default Stream mapped(UnaryOperator<Column> map) {
      Stream below = this;
      return new Stream() {
        @Override
        public void forEach(Consumer<Column> sink) {
          below.forEach(column -> sink.accept(map.apply(column)));
        }

        @Override
        public boolean mayHave(Collection<String> labels) {
          return below.mayHave(labels);
        }

        @Override
        public int maxSeries() {
          return below.maxSeries();
        }
      };
    }
  }

  /// What the store has.
  private record Scanned(Scan scan, Leaf leaf) implements Stream {
    @Override
    public void forEach(Consumer<Column> sink) {
      scan.run(leaf, false, sink);
    }

    @Override
    public int maxSeries() {
      return leaf.series().size();
    }

    @Override
    public boolean mayHave(Collection<String> labels) {
      LabelNumbers numbers = new LabelNumbers();
      IntOpenHashSet seen = new IntOpenHashSet(); // lists of names
      for (Querier.Series series : leaf.series()) {
        if (series.number(numbers) && !seen.add(numbers.names())) {
          continue;
        }
        Labels all = series.labels();
        for (String label : labels) {
          if (all.has(label)) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /// A stream whose costs are told apart.
  private record Profiled(Profile profile, Expr expr, Stream stream) implements Stream {
    @Override
    public void forEach(Consumer<Column> sink) {
      profile.stream(expr, stream, sink);
    }

    @Override
    public int maxSeries() {
      return stream.maxSeries();
    }

    @Override
    public boolean mayHave(Collection<String> labels) {
      return stream.mayHave(labels);
    }
  }

  private final Evaluator evaluator;

  Streams(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /// The stream of an expression, if it can be one.
  ///
  /// @param nameMatters whether anybody looks at the names of series; else those without histograms
  ///   may keep a name that an operation drops
  Optional<Stream> of(Expr expr, Grid grid, boolean nameMatters) {
    if (!evaluator.profile.isOn()) {
      return made(expr, grid, nameMatters);
    }
    evaluator.profile.enter(expr);
    Optional<Stream> made = made(expr, grid, nameMatters);
    evaluator.profile.leave();
    return made.map(stream -> new Profiled(evaluator.profile, expr, stream));
  }

  private Optional<Stream> made(Expr expr, Grid grid, boolean nameMatters) {
    if (grid.size() > 1 && evaluator.invariance.of(expr)) {
      return Optional.empty(); // is evaluated for one step
    }
    if (!evaluator.common.has(expr)) {
      return streamed(expr, grid, nameMatters);
    }
    // What stands elsewhere too is evaluated once, if it can be kept.
    return streamed(expr, grid, nameMatters)
        .filter(stream -> !evaluator.common.fits(stream.maxSeries(), grid.size()));
  }

  private Optional<Stream> streamed(Expr expr, Grid grid, boolean nameMatters) {
    return switch (expr) {
      case Expr.Paren p -> of(p.expr(), grid, nameMatters);
      case Expr.VectorSelector v -> evaluator.selectors.unshared(v, grid).map(this::scanned);
      case Expr.Call c -> call(c, grid, nameMatters);
      case Expr.Unary u ->
          u.minus() ? negated(u, grid, nameMatters) : of(u.expr(), grid, nameMatters);
      case Expr.Binary b ->
          isVector(b.left()) && isVector(b.right())
              ? joined(b, grid, nameMatters)
              : withScalar(b, grid, nameMatters);
      default -> Optional.empty();
    };
  }

  private static boolean isVector(Expr expr) {
    return expr.type() == ValueType.VECTOR;
  }

  private Stream scanned(Leaf leaf) {
    return new Scanned(evaluator.scan, leaf);
  }

  private Optional<Stream> call(Expr.Call c, Grid grid, boolean nameMatters) {
    Optional<RangeFunction> range = RangeFunction.named(c.function().name());
    if (range.isPresent()) {
      for (Expr arg : c.args()) {
        if (arg.unwrapped() instanceof Expr.MatrixSelector m
            && (c.function().keepsName() || evaluator.namesStayApart(m.selector()))) {
          RangeReader.Call call = evaluator.calls.rangeCall(c, range.get(), grid, nameMatters);
          return Optional.of(scanned(evaluator.selectors.leaf(evaluator, m, call)));
        }
      }
      return Optional.empty();
    }
    Optional<Evaluator.FloatMap> map = InstantFunctions.plain(c.function().name());
    if (map.isEmpty() || !dropsNameSafely(c.args().get(0))) {
      return Optional.empty();
    }
    return of(c.args().get(0), grid, false)
        .map(
            below ->
                below.mapped(
                    column ->
                        evaluator.map(column, true, nameMatters, map.get(), histogram -> null)));
  }

  private Optional<Stream> negated(Expr.Unary u, Grid grid, boolean nameMatters) {
    if (!dropsNameSafely(u.expr())) {
      return Optional.empty();
    }
    return of(u.expr(), grid, false)
        .map(below -> below.mapped(column -> evaluator.negated(column, nameMatters)));
  }

  private Optional<Stream> withScalar(Expr.Binary b, Grid grid, boolean nameMatters) {
    boolean scalarLeft = b.left().type() == ValueType.SCALAR;
    Expr vector = scalarLeft ? b.right() : b.left();
    Expr scalar = scalarLeft ? b.left() : b.right();
    boolean dropName = b.op().dropsName() || b.bool();
    if (scalar.type() != ValueType.SCALAR
        || vector.type() != ValueType.VECTOR
        || (dropName && !dropsNameSafely(vector))) {
      return Optional.empty();
    }
    return of(vector, grid, nameMatters && !dropName)
        .map(
            below -> {
              Binaries.WithScalar operation =
                  new Binaries.WithScalar(
                      evaluator, b, evaluator.scalar(scalar, grid), scalarLeft, nameMatters);
              return below.mapped(operation::apply);
            });
  }

  /// Two vectors matched: the "many" side streams past the other, which is kept.
  private Optional<Stream> joined(Expr.Binary b, Grid grid, boolean nameMatters) {
    if (b.op().isSet()) {
      return Optional.empty();
    }
    VectorMatching matching = b.matching().orElseThrow();
    Expr many = VectorMatcher.many(b);
    boolean dropName = b.op().dropsName() || b.bool();
    boolean matchesName = matching.on() && matching.labels().contains(Labels.NAME);
    if (matching.fills() || matchesName || (dropName && !dropsNameSafely(many))) {
      return Optional.empty();
    }
    boolean copiesName = matching.include().contains(Labels.NAME);
    return of(many, grid, copiesName || (nameMatters && !dropName))
        .map(below -> new Joined(b, grid, nameMatters, below));
  }

  /// The "many" side of a binary operation, each of its series with its match.
  private final class Joined implements Stream {
    private final Expr.Binary node;
    private final Grid grid;
    private final boolean nameMatters;
    private final Stream many;

    Joined(Expr.Binary node, Grid grid, boolean nameMatters, Stream many) {
      this.node = node;
      this.grid = grid;
      this.nameMatters = nameMatters;
      this.many = many;
    }

    @Override
    public void forEach(Consumer<Column> sink) {
      Value.Block one = evaluator.vector(VectorMatcher.one(node), grid);
      VectorMatcher matcher =
          new VectorMatcher(evaluator, node, new Elements(node, evaluator.notes));
      if (!many.mayHave(node.matching().orElseThrow().include())) {
        Optional<Consumer<Column>> pass = matcher.onePass(one, nameMatters, sink);
        if (pass.isPresent()) {
          many.forEach(pass.get());
          return;
        }
      }
      // Results may collide, or there may be no result: only all series together tell.
      Value.Block all = kept();
      matcher = new VectorMatcher(evaluator, node, new Elements(node, evaluator.notes));
      matcher.match(all, one).columns().forEach(sink);
    }

    @Override
    public int maxSeries() {
      return many.maxSeries();
    }

    private Value.Block kept() {
      List<Column> columns = new ArrayList<>();
      many.forEach(
          column -> {
            evaluator.context.hold(column.count());
            evaluator.context.holdBytes(column.bytes());
            columns.add(column.kept());
          });
      return new Value.Block(grid.size(), columns);
    }

    @Override
    public boolean mayHave(Collection<String> labels) {
      VectorMatching matching = node.matching().orElseThrow();
      return many.mayHave(labels) || !Collections.disjoint(labels, matching.include());
    }
  }

  /// Whether series that differ still do when an operation on this vector drops their names.
  private boolean dropsNameSafely(Expr expr) {
    return switch (expr) {
      case Expr.Paren p -> dropsNameSafely(p.expr());
      case Expr.VectorSelector v -> evaluator.namesStayApart(v);
      case Expr.Unary u -> dropsNameSafely(u.expr());
      case Expr.Binary b ->
          b.left().type() == ValueType.SCALAR
              ? dropsNameSafely(b.right())
              : b.right().type() == ValueType.SCALAR
                  ? dropsNameSafely(b.left())
                  : !b.op().isSet() && dropsNameSafely(VectorMatcher.many(b));
      case Expr.Call c -> {
        for (Expr arg : c.args()) {
          Expr inner = arg.unwrapped();
          if (inner instanceof Expr.MatrixSelector m) {
            yield evaluator.namesStayApart(m.selector());
          }
        }
        yield !c.args().isEmpty() && dropsNameSafely(c.args().get(0));
      }
      default -> false;
    };
  }
}
